/* stack_use.h: the figures of struct stack_use, one by one: what sums them up, compares them, or
 * has them in the JSON document goes through this list, so that none is left out. */
#ifndef STACK_USE_H
#define STACK_USE_H

#include <stdbool.h>
#include <stdint.h>
#include "read/model.h"

enum { STACK_USE_FIGURES = sizeof(struct stack_use) / sizeof(uint64_t) };

/* As the document calls it (docs/json.md). number: below STACK_USE_FIGURES, in the document's
 * order. */
const char *stack_use_name(unsigned number);
uint64_t *stack_use_figure(struct stack_use *use, unsigned number);
uint64_t stack_use_value(const struct stack_use *use, unsigned number);

void stack_use_add(struct stack_use *to, const struct stack_use *from);
/* Is one of them not 0? */
bool stack_use_is_any(const struct stack_use *use);

#endif
