/* load_blocks.h: the live blocks of a log, from its block table or from its leak check.
 *
 * The part of load that knows the block table's shape.
 */
#ifndef LOAD_BLOCKS_H
#define LOAD_BLOCKS_H

#include "read/load_stacks.h"
#include "read/log_reader.h"
#include "read/model.h"

/* Every live block of the table, as it stands there and in no order; how many pages of them could
 * not be read. */
typedef void load_visit(void *context, struct trace_block block, uint64_t size);
uint64_t load_each_live(const struct log_reader *reader, load_visit *visit, void *context);

/* Fills model->blocks (by address) and has_verdicts. */
void load_blocks(struct stack_loader *stacks, struct model *model);

#endif
