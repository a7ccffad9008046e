/* freed_table: blocks that were freed lately, so that a bad free can be told what it hit.
 *
 * A hash of the address chooses one of 16384 sets, in which three places are taken in turn. So a
 * block is remembered until three later frees fall on its set (10,000 other frees do that to one
 * block in forty), for any program length, in bounded memory, and a loop that frees the same
 * address over and over stays in one place. What is found is a hint for a report: it is true, or
 * absent.
 */
#ifndef FREED_TABLE_H
#define FREED_TABLE_H

#include "block_table.h"

#define FREED_TABLE_PLACES 49152u

/* false: no memory; nothing is remembered then. */
bool freed_table_begin(void);
/* Brings an address's place near, for a put that follows soon. */
void freed_table_prefetch(uint64_t address);
/* Remembers a block that is being freed by the call `stack_freed`. */
void freed_table_put(const struct block *block, uint32_t stack_freed);
/* The block freed lately that begins at `address`, or, with `interior`, that holds it. */
bool freed_table_find(uint64_t address, bool interior, struct block *block, uint32_t *stack_freed);

#endif
