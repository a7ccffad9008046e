/* load_stale.h: words that point to blocks that the program gave up, from STALE into the model. */
#ifndef LOAD_STALE_H
#define LOAD_STALE_H

#include "read/load_stacks.h"

void load_stale(struct stack_loader *stacks, struct model *model);

#endif
