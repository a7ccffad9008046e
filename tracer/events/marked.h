/* marked: a block of which the program said something gets another account of the same stack, one
 * that is marked. So nothing has to be remembered of the block, and nothing forgotten when it is
 * freed; the path of malloc and free does not ask. */
#ifndef MARKED_H
#define MARKED_H

#include "tables/block_table.h"

#include <stdbool.h>

/* The live block that begins at the address, or has it inside. false: there is none, or no space.
 * For a moment it is not in the table: the caller sees to it that nobody looks. */
bool marked_block(uint64_t address, uint32_t mark, struct block *block);
bool marked_is(const struct block *block, uint32_t mark);

#endif
