/* address_index: finds the block that an address may belong to, among blocks sorted by address.
 *
 * Used by reach, millions of times a second while every other thread stands still: it allocates
 * nothing, and a search costs three reads, of which only the last is likely to leave the nearest
 * cache: 2 million blocks of 32 bytes have 1.5 MB of groups.
 *
 *     granule   the largest power of two up to 16 that divides the start of every block
 *     group     64 granules: which of them a block starts in, how many blocks start below the group
 *     leaf      64 groups: 64 KiB of addresses with granules of 16
 *     branch    16,384 leaves: 1 GiB
 *     root      as many branches as there are from the first block to the end of the last
 *
 *     last block that starts at or below A = group.below + starts in the group up to A - 1
 *
 * A leaf or branch where no block starts has no memory: its entry names the one block that covers
 * some of it, or says that none does. So the index takes 1/64 of what dense blocks take, at most
 * 1 KiB for a block far from the others, and nothing for the length of one.
 */
#ifndef ADDRESS_INDEX_H
#define ADDRESS_INDEX_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

#define ADDRESS_INDEX_GROUP_BITS  6u /* granules of a group, log2 */
#define ADDRESS_INDEX_LEAF_BITS   6u /* groups of a leaf, log2 */
#define ADDRESS_INDEX_BRANCH_BITS 14u

#define ADDRESS_INDEX_NONE UINT32_MAX
#define ADDRESS_INDEX_MAX  0x7ffffff0u /* blocks: an entry has 31 bits for a number */

struct address_group {
    uint64_t starts; /* bit k: a block starts in the k-th granule */
    uint64_t below;  /* blocks that start below the group */
};

/* The size of a block, for those whose record does not tell (see reach_world.large_size). */
struct address_sizes {
    uint64_t (*large_size)(void *context, uint64_t address); /* or NULL */
    void *context;
};

struct address_index {
    uint64_t lowest; /* start of the first block */
    uint64_t span;   /* from there to the end of the last; what lies outside is in no block */

    unsigned granule_bits, leaf_bits, branch_bits; /* log2 of how many bytes each has */
    uint64_t first_branch;                         /* lowest >> branch_bits */

    /* Entries: 0 no block here; ADDRESS_INDEX_COVERED | number: nothing but (some of) that block;
     * else the number of a branch or leaf, from 1. */
    uint32_t *root;
    uint32_t *branches;           /* 1 << ADDRESS_INDEX_BRANCH_BITS entries each */
    struct address_group *groups; /* 1 << ADDRESS_INDEX_LEAF_BITS for each leaf */
    uint32_t branch_count, leaf_count;
};
#define ADDRESS_INDEX_COVERED 0x80000000u

/* Prepares the index of n > 0 blocks, at most ADDRESS_INDEX_MAX. Returns how many bytes of memory
 * it needs; 0: the blocks are not strictly ascending by address. */
size_t address_index_plan(struct address_index *index, const struct trace_block *blocks, size_t n,
                          const struct address_sizes *sizes);

/* Builds what was planned, of the same blocks, in `memory`, aligned to 8, full of zeros and used
 * until the last search. Returns the first byte behind the index. */
void *address_index_build(struct address_index *index, const struct trace_block *blocks, size_t n,
                          const struct address_sizes *sizes, void *memory);

/* The size of a block; a block of 0 bytes counts as one of 1. */
static inline uint64_t address_sizes_of(const struct address_sizes *sizes,
                                        const struct trace_block *block)
{
    uint64_t size = trace_block_size(block->what);
    if (__builtin_expect(size == TRACE_SIZE_ELSEWHERE, 0) && sizes->large_size)
        size = sizes->large_size(sizes->context, trace_block_address(block->where));
    return size ? size : 1;
}

/* Not __builtin_popcountll: without -mpopcnt, which not every processor has, that is a call. */
static inline unsigned address_index_count(uint64_t bits)
{
    bits -= bits >> 1 & 0x5555555555555555u;
    bits = (bits & 0x3333333333333333u) + (bits >> 2 & 0x3333333333333333u);
    bits = (bits + (bits >> 4)) & 0x0f0f0f0f0f0f0f0fu;
    return (unsigned)(bits * 0x0101010101010101u >> 56);
}

/* The group that has the address, or NULL where an entry says it all: *covering, a block or
 * ADDRESS_INDEX_NONE. The group's memory is not read here, so a caller can send for it and do
 * something else. Only for lowest <= address < lowest + span, as the next. */
static inline const struct address_group *address_index_group(const struct address_index *index,
                                                              uint64_t address, uint32_t *covering)
{
    const uint64_t leaves = 1u << ADDRESS_INDEX_BRANCH_BITS, groups = 1u << ADDRESS_INDEX_LEAF_BITS;
    uint32_t entry = index->root[(address >> index->branch_bits) - index->first_branch];
    *covering = ADDRESS_INDEX_NONE;
    if ((int32_t)entry > 0)
        entry =
            index->branches[(entry - 1) * leaves + (address >> index->leaf_bits & (leaves - 1))];
    if (entry & ADDRESS_INDEX_COVERED)
        *covering = entry & ~ADDRESS_INDEX_COVERED;
    if ((int32_t)entry <= 0)
        return NULL;
    uint64_t group = address >> (index->granule_bits + ADDRESS_INDEX_GROUP_BITS) & (groups - 1);
    return &index->groups[(entry - 1) * groups + group];
}

/* The number of the last block that starts at or below `address`, or ADDRESS_INDEX_NONE if none of
 * them reaches so far. *starts: the block starts there. If it does not, whether the address lies in
 * the block is for the caller to see. */
static inline uint32_t address_index_find(const struct address_index *index, uint64_t address,
                                          bool *starts)
{
    uint32_t covering;
    const struct address_group *group = address_index_group(index, address, &covering);
    *starts = false;
    if (!group)
        return covering;
    uint64_t granule = address >> index->granule_bits;
    uint64_t up_to = group->starts << (63 - (granule & 63));
    *starts = up_to >> 63 && granule << index->granule_bits == address;
    return (uint32_t)group->below + address_index_count(up_to) - 1;
}

#endif
