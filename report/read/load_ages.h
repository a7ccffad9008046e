/* load_ages.h: how old blocks are, as AGES and the numbers of their accounts say. */
#ifndef LOAD_AGES_H
#define LOAD_AGES_H

#include "read/load_stacks.h"

/* Fills model->ages. */
void load_ages(struct stack_loader *stacks, struct model *model);

#endif
