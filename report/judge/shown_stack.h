/* shown_stack.h: a stack as reports show it, line by line: up to main, as a rule, with a line for
 * each inlined function.
 *
 * For stacks that have been symbolized. Texts are the model's and the symbolizer's.
 */
#ifndef SHOWN_STACK_H
#define SHOWN_STACK_H

#include "base/options.h"
#include "read/model.h"

struct shown_line {
    uint64_t address;     /* of the call */
    const char *function; /* "(below main)" for libc's; NULL: not known */
    const char *object;   /* path of the module, or "" */
    const char *file;     /* as --fullpath-after wants it, or NULL: its source is not known */
    unsigned number;      /* of the file's line; 0: not known */
    const struct position *position;
    const struct frame *frame;
    bool is_below_main; /* libc's function that called it */
};

/* Is what is further out not shown? */
bool shown_frame_is_last(const struct options *options, const struct frame *frame);
/* Place `index` of a frame, innermost first. */
struct shown_line shown_frame_line(const struct options *options, const struct model *model,
                                   const struct frame *frame, uint32_t index);

/* All lines of a stack, innermost first. */
struct shown_stack {
    const struct options *options;
    const struct model *model;
    struct stack stack;
    uint32_t frame, position; /* the next one */
};
void shown_stack_begin(struct shown_stack *shown, const struct options *options,
                       const struct model *model, uint32_t stack);
bool shown_stack_next(struct shown_stack *shown, struct shown_line *line);
/* Behind the last line: why the stack ends there. Below main, or whole: STACK_WHOLE. */
enum stack_end shown_stack_end(const struct shown_stack *shown);

#endif
