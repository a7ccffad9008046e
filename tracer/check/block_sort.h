/* block_sort: puts blocks in the order of their addresses.
 *
 * For leak_scan, which has millions of them in the order of the block table while everything else
 * waits. In that order the blocks of a page mostly stand together, and both steps keep them so:
 *
 *     1. a radix sort by leaf, 64 KiB of addresses: one pass where all lie within 256 MiB, else
 * three
 *     2. each leaf by itself: a bit for every place where a block starts; a block's place is the
 *        number of bits below its own
 */
#ifndef BLOCK_SORT_H
#define BLOCK_SORT_H

#include <stddef.h>

#include "trace_format.h"

/* Sorts `count` blocks, strictly ascending by address. `room`, for as many, is overwritten.
 * Returns how many there are: of blocks at one address (which an unstopped thread may have left)
 * one stays. One call at a time, for fewer than 2^32 blocks. */
size_t block_sort(struct trace_block *blocks, struct trace_block *room, size_t count);

#endif
