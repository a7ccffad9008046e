/* block_rare: the live blocks that do not fit into a slot of a leaf (trace_format.h says which).
 *
 * They stand in RARE, a list that is searched from its end: such blocks are few. Any number of
 * threads may call at once; of several that take one block exactly one gets it. */
#ifndef BLOCK_RARE_H
#define BLOCK_RARE_H

#include "trace_format.h"

#include <stdbool.h>
#include <stdint.h>

/* Records a block; its size in `block` does not matter. false: no space. */
bool block_rare_put(struct trace_block block, uint64_t size);
/* Takes out the one that begins at `address`, or only reads it. */
bool block_rare_take(uint64_t address, struct trace_rare *found);
bool block_rare_find(uint64_t address, struct trace_rare *found);
/* The exact size of a block, which may say TRACE_SIZE_ELSEWHERE. */
uint64_t block_rare_size(const struct trace_block *block);
/* Calls `visit` for each. */
void block_rare_for_each(void (*visit)(void *context, const struct trace_block *), void *context);

#endif
