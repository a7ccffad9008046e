/* address_index: finds the block that an address may belong to, among blocks sorted by address.
 *
 * Used by reach, millions of times a second while every other thread stands still: it allocates
 * nothing, and a search reads few cache lines that are not read all the time.
 *
 * A search tree without pointers. Level 0 has the start of every ADDRESS_INDEX_STRIDE-th block,
 * level k + 1 every ADDRESS_INDEX_FANOUT-th key of level k, the top level at most
 * ADDRESS_INDEX_FANOUT:
 *
 *     level[0][i]     = start of blocks[i * STRIDE]
 *     level[k + 1][i] = level[k][i * FANOUT]
 *
 * Each level is filled up with UINT64_MAX to a multiple of FANOUT keys. 2 million blocks have 4 MB
 * of keys in five levels, whatever their sizes and however far apart they lie.
 */
#ifndef ADDRESS_INDEX_H
#define ADDRESS_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

#define ADDRESS_INDEX_STRIDE 4u
#define ADDRESS_INDEX_FANOUT 16u
#define ADDRESS_INDEX_LEVELS 9 /* enough for 2^32 blocks */

struct address_index {
    const struct trace_verdict *blocks; /* n, strictly ascending by address */
    uint32_t n;
    unsigned levels;
    uint64_t *level[ADDRESS_INDEX_LEVELS];
};

/* Bytes of memory that the index of n blocks needs. */
size_t address_index_size(size_t n);

/* Builds the index of n > 0 blocks in `memory`, aligned to 8; both are used until the last search.
 * Returns the first byte behind the index. */
void *address_index_build(struct address_index *index, const struct trace_verdict *blocks,
                          uint32_t n, void *memory);

/* A search in two steps, so that the caller can do something else while the second step's memory
 * comes: near finds where the block must be and sends for it, at finds it.
 *
 * The result is the number of the last block that starts at or below `address`, which must not lie
 * below the first block. Whether the address lies in that block is for the caller to see. */
uint32_t address_index_near(const struct address_index *index, uint64_t address);
uint32_t address_index_at(const struct address_index *index, uint32_t near, uint64_t address);

static inline uint32_t address_index_find(const struct address_index *index, uint64_t address)
{
    return address_index_at(index, address_index_near(index, address), address);
}

#endif
