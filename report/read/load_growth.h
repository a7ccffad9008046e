/* load_growth.h: what was live of each call stack at the moments of MOMENTS, and now. */
#ifndef LOAD_GROWTH_H
#define LOAD_GROWTH_H

#include "read/load_stacks.h"

/* When usage is loaded. Fills model->history. */
void load_growth(struct stack_loader *stacks, struct model *model);

#endif
