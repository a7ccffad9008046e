#include "check/address_index.h"

#include <string.h>

#define GRANULE_BITS_MAX 4u
#define LEAVES           (1u << ADDRESS_INDEX_BRANCH_BITS) /* of a branch */
#define GROUPS           (1u << ADDRESS_INDEX_LEAF_BITS)   /* of a leaf */
#define ADDRESS_END      (1ull << TRACE_ADDRESS_BITS)

static uint64_t start_of(const struct trace_block *block)
{
    return trace_block_address(block->where);
}

/* The last byte that a search may give to block k: what lies behind the start of the next one is
 * the next one's. */
static uint64_t last_byte(const struct trace_block *blocks, size_t n, size_t k,
                          const struct address_sizes *sizes)
{
    uint64_t start = start_of(&blocks[k]), size = address_sizes_of(sizes, &blocks[k]);
    uint64_t limit = k + 1 < n ? start_of(&blocks[k + 1]) : ADDRESS_END;
    return size < limit - start ? start + size - 1 : limit - 1;
}

/* --- the plan ------------------------------------------------------------ */

/* false: the blocks are not in order. */
static bool choose_granule(struct address_index *index, const struct trace_block *blocks, size_t n)
{
    uint64_t any = 1u << GRANULE_BITS_MAX, before = 0;
    bool ascending = true;
    for (size_t k = 0; k < n; k++) {
        uint64_t start = start_of(&blocks[k]);
        ascending &= k == 0 || before < start;
        any |= before = start;
    }
    index->granule_bits = (unsigned)__builtin_ctzll(any);
    index->leaf_bits = index->granule_bits + ADDRESS_INDEX_GROUP_BITS + ADDRESS_INDEX_LEAF_BITS;
    index->branch_bits = index->leaf_bits + ADDRESS_INDEX_BRANCH_BITS;
    return ascending;
}

/* Leaves where a block starts, and branches where one starts or ends. */
static void count_parts(struct address_index *index, const struct trace_block *blocks, size_t n,
                        const struct address_sizes *sizes)
{
    uint64_t leaf = UINT64_MAX, branch = UINT64_MAX;
    for (size_t k = 0; k < n; k++) {
        uint64_t start = start_of(&blocks[k]), last = last_byte(blocks, n, k, sizes);
        index->leaf_count += start >> index->leaf_bits != leaf;
        index->branch_count += start >> index->branch_bits != branch;
        index->branch_count += start >> index->branch_bits != last >> index->branch_bits;
        leaf = start >> index->leaf_bits;
        branch = last >> index->branch_bits;
    }
}

static size_t root_size(const struct address_index *index)
{
    uint64_t last = (index->lowest + index->span - 1) >> index->branch_bits;
    return (last - index->first_branch + 2) / 2 * 2; /* keeps the branches aligned to 8 */
}

size_t address_index_plan(struct address_index *index, const struct trace_block *blocks, size_t n,
                          const struct address_sizes *sizes)
{
    memset(index, 0, sizeof *index);
    if (!choose_granule(index, blocks, n))
        return 0;
    count_parts(index, blocks, n, sizes);
    index->lowest = start_of(&blocks[0]);
    index->span = last_byte(blocks, n, n - 1, sizes) + 1 - index->lowest;
    index->first_branch = index->lowest >> index->branch_bits;
    return (root_size(index) + (size_t)index->branch_count * LEAVES) * sizeof(uint32_t) +
           (size_t)index->leaf_count * GROUPS * sizeof(struct address_group);
}

/* --- the building -------------------------------------------------------- */

/* The branch's entries, of a branch that may be new. */
static uint32_t *open_branch(struct address_index *index, uint64_t branch)
{
    uint32_t *entry = &index->root[branch - index->first_branch];
    if (*entry == 0)
        *entry = ++index->branch_count;
    return &index->branches[(size_t)(*entry - 1) * LEAVES];
}

static struct address_group *open_leaf(struct address_index *index, uint64_t leaf)
{
    uint32_t *entry = &open_branch(index, leaf / LEAVES)[leaf % LEAVES];
    *entry = ++index->leaf_count;
    return &index->groups[(size_t)(*entry - 1) * GROUPS];
}

static void close_leaf(struct address_group *groups, uint64_t below)
{
    for (unsigned k = 0; k < GROUPS; k++) {
        groups[k].below = below;
        below += address_index_count(groups[k].starts);
    }
}

/* The leaves and branches behind the one where the block starts are its own as far as it reaches:
 * the next block opens its own if it starts there. */
static void cover(struct address_index *index, uint32_t number, uint64_t start, uint64_t last)
{
    uint64_t leaf = (start >> index->leaf_bits) + 1, end = (last >> index->leaf_bits) + 1;
    uint64_t last_branch = last >> index->branch_bits;
    while (leaf < end) {
        uint64_t branch = leaf / LEAVES;
        if (branch != last_branch && leaf % LEAVES == 0) {
            index->root[branch - index->first_branch] = ADDRESS_INDEX_COVERED | number;
            leaf += LEAVES;
        } else {
            open_branch(index, branch)[leaf % LEAVES] = ADDRESS_INDEX_COVERED | number;
            leaf++;
        }
    }
}

static void enter_blocks(struct address_index *index, const struct trace_block *blocks, size_t n,
                         const struct address_sizes *sizes)
{
    uint64_t leaf = UINT64_MAX;
    size_t first = 0;
    struct address_group *groups = NULL;
    for (size_t k = 0; k < n; k++) {
        uint64_t start = start_of(&blocks[k]), last = last_byte(blocks, n, k, sizes);
        uint64_t granule = start >> index->granule_bits;
        if (start >> index->leaf_bits != leaf) {
            if (groups)
                close_leaf(groups, first);
            leaf = start >> index->leaf_bits;
            groups = open_leaf(index, leaf);
            first = k;
        }
        groups[granule / 64 % GROUPS].starts |= 1ull << granule % 64;
        if (last >> index->leaf_bits != leaf)
            cover(index, (uint32_t)k, start, last);
    }
    close_leaf(groups, first);
}

void *address_index_build(struct address_index *index, const struct trace_block *blocks, size_t n,
                          const struct address_sizes *sizes, void *memory)
{
    size_t roots = root_size(index);
    index->root = memory;
    index->branches = index->root + roots;
    index->groups =
        (struct address_group *)(index->branches + (size_t)index->branch_count * LEAVES);
    struct address_group *end = index->groups + (size_t)index->leaf_count * GROUPS;
    index->branch_count = index->leaf_count = 0;
    enter_blocks(index, blocks, n, sizes);
    return end;
}
