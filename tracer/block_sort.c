#include "block_sort.h"

#include <string.h>

#define DIGIT_BITS 12u
#define DIGITS     (1u << DIGIT_BITS)
#define PASSES_MAX (TRACE_ADDRESS_BITS / DIGIT_BITS)

/* Not on the stack: it may be a small one. */
static uint32_t places[PASSES_MAX][DIGITS];

static uint64_t lowest; /* address; what is sorted is the distance from it */

static size_t digit_of(const struct trace_block *block, unsigned shift)
{
    return (trace_block_address(block->where) - lowest) >> shift & (DIGITS - 1);
}

/* The bits in which distances may differ: fewer than those of the addresses where a heap lies
 * across a round address. */
static uint64_t find_lowest(const struct trace_block *blocks, size_t count)
{
    uint64_t any = 0, highest = 0;
    lowest = UINT64_MAX;
    for (size_t k = 0; k < count; k++) {
        uint64_t address = trace_block_address(blocks[k].where);
        lowest = address < lowest ? address : lowest;
        highest = address > highest ? address : highest;
        any |= blocks[k].where ^ blocks[0].where;
    }
    if (count == 0 || lowest == highest)
        return 0;
    uint64_t below_top = (2ull << (63 - __builtin_clzll(highest - lowest))) - 1;
    return below_top & -(any & -any);
}

/* Where the digits stand that must be looked at: from each lowest bit not looked at yet that
 * differs. An even number of them, of which the last may have nothing to do. */
static unsigned choose_digits(uint64_t differing, unsigned shifts[PASSES_MAX])
{
    unsigned passes = 0;
    while (differing || passes == 0 || passes % 2) {
        unsigned shift = differing ? (unsigned)__builtin_ctzll(differing) : TRACE_ADDRESS_BITS;
        shifts[passes++] = shift;
        differing = differing >> shift >> DIGIT_BITS << DIGIT_BITS << shift;
    }
    return passes;
}

static void count_digits(const struct trace_block *blocks, size_t count, const unsigned *shifts,
                         unsigned passes)
{
    memset(places, 0, passes * sizeof *places);
    for (size_t k = 0; k < count; k++)
        for (unsigned pass = 0; pass < passes; pass++)
            places[pass][digit_of(&blocks[k], shifts[pass])]++;
    for (unsigned pass = 0; pass < passes; pass++)
        for (uint32_t digit = 0, place = 0; digit < DIGITS; digit++) {
            uint32_t here = places[pass][digit];
            places[pass][digit] = place;
            place += here;
        }
}

static void copy_sorted(struct trace_block *to, const struct trace_block *from, size_t count,
                        uint32_t *place, unsigned shift)
{
    for (size_t k = 0; k < count; k++)
        to[place[digit_of(&from[k], shift)]++] = from[k];
}

void block_sort(struct trace_verdict *records, struct trace_block *room, size_t count)
{
    struct trace_block *blocks = (struct trace_block *)records;
    unsigned shifts[PASSES_MAX];
    unsigned last = choose_digits(find_lowest(blocks, count), shifts) - 1;
    count_digits(blocks, count, shifts, last + 1);
    for (unsigned pass = 0; pass < last; pass++)
        if (pass % 2 == 0)
            copy_sorted(room, blocks, count, places[pass], shifts[pass]);
        else
            copy_sorted(blocks, room, count, places[pass], shifts[pass]);
    for (size_t k = 0; k < count; k++)
        records[places[last][digit_of(&room[k], shifts[last])]++] =
            (struct trace_verdict){.where = room[k].where, .what = room[k].what};
}
