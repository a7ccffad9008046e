#include "block_sort.h"

#include <string.h>

#define DIGIT_BITS 12u
#define DIGITS     (1u << DIGIT_BITS)
#define PASSES_MAX (TRACE_ADDRESS_BITS / DIGIT_BITS)

/* Not on the stack: it may be a small one. */
static size_t places[PASSES_MAX][DIGITS];

static size_t digit_of(const struct trace_block *block, unsigned shift)
{
    return trace_block_address(block->where) >> shift & (DIGITS - 1);
}

static uint64_t differing_bits(const struct trace_block *blocks, size_t count)
{
    uint64_t differing = 0;
    for (size_t k = 1; k < count; k++)
        differing |= blocks[k].where ^ blocks[0].where;
    return trace_block_address(differing);
}

/* Where the digits stand that must be looked at: from each lowest bit not looked at yet that
 * differs. At least one, since the last pass writes the result. */
static unsigned choose_digits(uint64_t differing, unsigned shifts[PASSES_MAX])
{
    unsigned passes = 0;
    do {
        unsigned shift = differing ? (unsigned)__builtin_ctzll(differing) : 0;
        shifts[passes++] = shift;
        differing = differing >> shift >> DIGIT_BITS << DIGIT_BITS << shift;
    } while (differing);
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
        for (size_t digit = 0, place = 0; digit < DIGITS; digit++) {
            size_t here = places[pass][digit];
            places[pass][digit] = place;
            place += here;
        }
}

void block_sort(struct trace_verdict *verdicts, struct trace_block *blocks,
                struct trace_block *room, size_t count)
{
    unsigned shifts[PASSES_MAX];
    unsigned last = choose_digits(differing_bits(blocks, count), shifts) - 1;
    count_digits(blocks, count, shifts, last + 1);
    for (unsigned pass = 0; pass < last; pass++) {
        for (size_t k = 0; k < count; k++)
            room[places[pass][digit_of(&blocks[k], shifts[pass])]++] = blocks[k];
        struct trace_block *swap = blocks;
        blocks = room;
        room = swap;
    }
    for (size_t k = 0; k < count; k++)
        verdicts[places[last][digit_of(&blocks[k], shifts[last])]++] =
            (struct trace_verdict){.where = blocks[k].where, .what = blocks[k].what};
}
