/* load_usage.h: how the program used memory: its call stacks' figures, its peak, its samples.
 *
 * Knows ACCOUNTS, TIMELINE and the header's peak. Where the process still writes them the figures
 * are those of slightly different moments.
 */
#ifndef LOAD_USAGE_H
#define LOAD_USAGE_H

#include "read/load_stacks.h"
#include "read/model.h"

/* Fills model->usage, and the header's peak once more. */
/* Without usage: the sample with the most resident memory. */
void load_most_resident(const struct log_reader *reader, struct model *model);
/* What the program mapped, all together. */
void load_mapped(const struct log_reader *reader, struct model *model);
void load_usage(struct stack_loader *stacks, struct model *model);

#endif
