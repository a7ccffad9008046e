/* load_blocks.h: the live blocks of a log, from its block table or from its leak check.
 *
 * The part of load that knows the block table's shape. Called by load only.
 */
#ifndef LOAD_BLOCKS_H
#define LOAD_BLOCKS_H

#include "read/load_stacks.h"
#include "read/log_reader.h"
#include "read/model.h"

/* Fills model->blocks (by address) and has_verdicts. */
void load_blocks(struct stack_loader *stacks, struct model *model);

#endif
