/* stack_graft.h: puts stacks of another log into a model, so that views can show them.
 *
 * A frame in a module of the same build becomes the frame that it would be in this process; other
 * modules are added behind the model's own, at no address. Names stay what they are. */
#ifndef STACK_GRAFT_H
#define STACK_GRAFT_H

#include "read/model.h"

struct stack_graft {
    const struct model *from;
    struct model *to;
    const uint32_t *twins; /* by module of `from`: that of `to`, or 0 */
    uint32_t *added;       /* the same of modules that were added */
};

void stack_graft_begin(struct stack_graft *graft, const struct model *from, struct model *to,
                       const uint32_t *twins);
void stack_graft_end(struct stack_graft *graft);
/* The number that it has in `to`. */
uint32_t stack_graft_put(struct stack_graft *graft, uint32_t stack);

#endif
