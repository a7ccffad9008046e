/* stack_view.h: a stack of the model as suppressions see it.
 *
 * Each position is a frame of its own, so an inlined function can be matched. Frames are symbolized
 * when they are asked for, not before.
 */
#ifndef STACK_VIEW_H
#define STACK_VIEW_H

#include "read/model.h"
#include "suppress/suppress.h"
#include "symbols/symbolize.h"

struct stack_view {
    const struct model *model;
    struct symbolizer *symbolizer; /* NULL: all of the stack is symbolized already */
    uint32_t stack;
    bool stop_at_main;   /* as reports do; suppressions are matched beyond it */
    uint32_t next_frame; /* of the stack: first one not yet in `seen` */
    bool stopped;
    struct stack_view_frame {
        uint32_t frame, position;
    } * seen;
    size_t seen_count, seen_capacity;
};

void stack_view_begin(struct stack_view *view, const struct model *model,
                      struct symbolizer *symbolizer, uint32_t stack, bool stop_at_main);
void stack_view_end(struct stack_view *view);
/* Good as long as the view. */
struct suppress_stack stack_view_callbacks(struct stack_view *view);

/* An entry for a suppression file that matches a record with this stack, which is symbolized; its
 * length in *size. The caller's to free. */
char *stack_view_suppression(const struct model *model, uint32_t stack, enum suppress_kind kind,
                             unsigned leak_kinds, size_t *size);

#endif
