#include "address_index.h"

#define STRIDE ADDRESS_INDEX_STRIDE
#define FANOUT ADDRESS_INDEX_FANOUT

static size_t divide_up(size_t dividend, size_t divisor)
{
    return (dividend + divisor - 1) / divisor;
}

/* Whole groups of keys, so that a search needs no end of its own. */
static size_t padded(size_t keys)
{
    return divide_up(keys, FANOUT) * FANOUT;
}

size_t address_index_size(size_t n)
{
    size_t keys = divide_up(n, STRIDE), total = padded(keys);
    while (keys > FANOUT) {
        keys = divide_up(keys, FANOUT);
        total += padded(keys);
    }
    return total * sizeof(uint64_t);
}

static void pad_level(uint64_t *level, size_t keys)
{
    for (size_t k = keys; k < padded(keys); k++)
        level[k] = UINT64_MAX;
}

void *address_index_build(struct address_index *index, const struct trace_verdict *blocks,
                          uint32_t n, void *memory)
{
    uint64_t *level = memory;
    size_t keys = divide_up(n, STRIDE);
    for (size_t k = 0; k < keys; k++)
        level[k] = trace_block_address(blocks[k * STRIDE].where);
    pad_level(level, keys);
    *index = (struct address_index){.blocks = blocks, .n = n, .levels = 1, .level = {level}};
    while (keys > FANOUT) {
        const uint64_t *below = level;
        level += padded(keys);
        keys = divide_up(keys, FANOUT);
        for (size_t k = 0; k < keys; k++)
            level[k] = below[k * FANOUT];
        pad_level(level, keys);
        index->level[index->levels++] = level;
    }
    return level + padded(keys);
}

/* Each step down finds the last key of a group that is not above the address. There is one: the key
 * that led to the group is its first. */
uint32_t address_index_near(const struct address_index *index, uint64_t address)
{
    size_t key = 0;
    for (unsigned level = index->levels; level-- > 0;) {
        const uint64_t *group = index->level[level] + key * FANOUT;
        size_t not_above = 0;
        for (unsigned k = 0; k < FANOUT; k++)
            not_above += group[k] <= address;
        key = key * FANOUT + not_above - 1;
    }
    uint32_t near = (uint32_t)(key * STRIDE);
    uint32_t last = index->n - near > STRIDE ? near + STRIDE - 1 : index->n - 1;
    __builtin_prefetch(&index->blocks[near], 1);
    __builtin_prefetch(&index->blocks[last], 1);
    return near;
}

uint32_t address_index_at(const struct address_index *index, uint32_t near, uint64_t address)
{
    uint32_t last = index->n - near > STRIDE ? near + STRIDE - 1 : index->n - 1;
    while (near < last && trace_block_address(index->blocks[near + 1].where) <= address)
        near++;
    return near;
}
