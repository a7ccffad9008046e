/* block_order: all live blocks in the order of their addresses, for the leak check.
 *
 * The table has that order nearly: leaves are visited page by page from the lowest address on, each
 * in the order of its slots' offsets (block_table). What stands in RARE is few, and is sorted and
 * merged in. */
#ifndef BLOCK_ORDER_H
#define BLOCK_ORDER_H

#include "trace_format.h"

#include <stddef.h>

/* Copies at most `capacity` blocks, strictly ascending by address; of blocks at one address, which
 * an unstopped thread may have left, one. Returns how many there are. */
size_t block_order_copy(struct trace_block *blocks, size_t capacity);

#endif
