/* suppress_stack.h: a call stack as valgrind 3.19 has it, where that has one frame more.
 *
 * Its posix_memalign calls its memalign, and both are frames. Later versions have one, as we do;
 * entries of both kinds are in people's files. Used by suppress.c and suppress_print.c.
 */
#ifndef SUPPRESS_STACK_H
#define SUPPRESS_STACK_H

#include <stdbool.h>
#include "suppress/suppress_entry.h"

/* false: the stack has as many frames there. The longer one refers to the stack. */
bool suppress_stack_lengthen(struct suppress_stack *longer, const struct suppress_stack *stack);

#endif
