#include "check/block_sort.h"

#include <stdbool.h>
#include <string.h>

#include "check/address_index.h"

#define LEAF_BITS  16u
#define DIGIT_BITS 12u
#define DIGITS     (1u << DIGIT_BITS)
#define PASSES_MAX                                                                                 \
    3u /* enough for the 32 bits of a leaf's number; odd, so that it ends in room                  \
        */
#define WORDS ((1u << LEAF_BITS) / 64)

/* Not on the stack: it may be a small one. */
static struct {
    uint64_t lowest;       /* number of the lowest leaf */
    unsigned granule_log2; /* that of every address */
    unsigned passes;
    uint32_t places[PASSES_MAX][DIGITS];
    uint64_t starts[WORDS];
    uint32_t below[WORDS];
} sort;

static uint64_t leaf_of(const struct trace_block *block)
{
    return trace_block_address(block->where) >> LEAF_BITS;
}

/* --- by leaf ------------------------------------------------------------- */

static size_t digit_of(const struct trace_block *block, unsigned pass)
{
    return (leaf_of(block) - sort.lowest) >> pass * DIGIT_BITS & (DIGITS - 1);
}

static void look_through(const struct trace_block *blocks, size_t count)
{
    uint64_t lowest = UINT64_MAX, highest = 0, any = 1ull << LEAF_BITS;
    for (size_t k = 0; k < count; k++) {
        uint64_t address = trace_block_address(blocks[k].where);
        lowest = address < lowest ? address : lowest;
        highest = address > highest ? address : highest;
        any |= address;
    }
    sort.lowest = lowest >> LEAF_BITS;
    sort.granule_log2 = (unsigned)__builtin_ctzll(any);
    sort.passes = (highest >> LEAF_BITS) - sort.lowest < DIGITS ? 1 : PASSES_MAX;
}

static void count_digits(const struct trace_block *blocks, size_t count)
{
    memset(sort.places, 0, sort.passes * sizeof *sort.places);
    for (size_t k = 0; k < count; k++)
        for (unsigned pass = 0; pass < sort.passes; pass++)
            sort.places[pass][digit_of(&blocks[k], pass)]++;
    for (unsigned pass = 0; pass < sort.passes; pass++)
        for (uint32_t digit = 0, place = 0; digit < DIGITS; digit++) {
            uint32_t here = sort.places[pass][digit];
            sort.places[pass][digit] = place;
            place += here;
        }
}

static void sort_pass(struct trace_block *to, const struct trace_block *from, size_t count,
                      unsigned pass)
{
    uint32_t *places = sort.places[pass];
    for (size_t k = 0; k < count; k++)
        to[places[digit_of(&from[k], pass)]++] = from[k];
}

/* --- within a leaf ------------------------------------------------------- */

static uint64_t granule_of(const struct trace_block *block)
{
    return (trace_block_address(block->where) & ((1u << LEAF_BITS) - 1)) >> sort.granule_log2;
}

/* How many places there are, and in sort.below how many below each word. */
static uint32_t note_starts(const struct trace_block *blocks, size_t count)
{
    unsigned words = WORDS >> sort.granule_log2 ? WORDS >> sort.granule_log2 : 1;
    uint32_t total = 0;
    memset(sort.starts, 0, words * sizeof *sort.starts);
    for (size_t k = 0; k < count; k++)
        sort.starts[granule_of(&blocks[k]) / 64] |= 1ull << granule_of(&blocks[k]) % 64;
    for (unsigned word = 0; word < words; word++) {
        sort.below[word] = total;
        total += address_index_count(sort.starts[word]);
    }
    return total;
}

static uint32_t place_leaf(struct trace_block *to, const struct trace_block *from, size_t count)
{
    uint32_t total = note_starts(from, count);
    for (size_t k = 0; k < count; k++) {
        uint64_t granule = granule_of(&from[k]), word = granule / 64;
        uint64_t lower = sort.starts[word] & ((1ull << granule % 64) - 1);
        to[sort.below[word] + address_index_count(lower)] = from[k];
    }
    return total;
}

/* --- both ---------------------------------------------------------------- */

size_t block_sort(struct trace_block *blocks, struct trace_block *room, size_t count)
{
    size_t placed = 0;
    look_through(blocks, count);
    count_digits(blocks, count);
    sort_pass(room, blocks, count, 0);
    for (unsigned pass = 1; pass < sort.passes; pass += 2) {
        sort_pass(blocks, room, count, pass);
        sort_pass(room, blocks, count, pass + 1);
    }
    for (size_t first = 0, end; first < count; first = end) {
        for (end = first + 1; end < count && leaf_of(&room[end]) == leaf_of(&room[first]);)
            end++;
        placed += place_leaf(blocks + placed, room + first, end - first);
    }
    return placed;
}
