/* block_size: the sizes of blocks of 64 GiB and more, which do not fit into their slots.
 *
 * They stand in SIZES, a list that is searched from its end: such blocks are few. Any number of
 * threads may call at once, each about a block that is its own at the moment. */
#ifndef BLOCK_SIZE_H
#define BLOCK_SIZE_H

#include "trace_format.h"

#include <stdbool.h>
#include <stdint.h>

/* Remembers the size of the block at `address`; false: no room. */
bool block_size_put(uint64_t address, uint64_t size);
/* Reads it and forgets it; TRACE_SIZE_ELSEWHERE if it is not known. */
uint64_t block_size_take(uint64_t address);
/* The exact size of a block, whose slot may say TRACE_SIZE_ELSEWHERE. */
uint64_t block_size_of(const struct trace_block *block);

#endif
