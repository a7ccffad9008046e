/* own_stack.h: a stack as who looks for the culprit wants it: --own.
 *
 * Runs of frames that say nothing about it are one item each; frames are counted from the first one
 * of the program's own. Where no frame is the program's, a library's take its place, then an
 * interpreter's, and so on: something is to be blamed in every stack.
 */
#ifndef OWN_STACK_H
#define OWN_STACK_H

#include "judge/own/frame_owner.h"

enum { OWN_LABELS = 3 };
struct own_item {
    struct shown_line line;         /* of a run: its outermost one, which is what was called */
    uint32_t folded;                /* lines of a run; 0: `line` itself is shown */
    const char *labels[OWN_LABELS]; /* of a run: whose they are */
    int label_lengths[OWN_LABELS];
    uint32_t label_count; /* may be larger: the rest has no room */
    bool is_own;          /* a frame of those that are looked for */
};
struct own_stack {
    struct own_item *items; /* innermost first */
    uint32_t count, capacity;
    enum stack_end end;
};
/* The stack's items. Reused: the array is kept. */
void own_stack_make(struct own_stack *own, struct owners *owners, uint32_t stack);
void own_stack_free(struct own_stack *own);

/* The innermost place that is looked for: the culprit. One that stands in malloc's place (xmalloc)
 * is none if there is another. false: the stack has no frame. */
bool own_stack_culprit(struct shown_line *line, struct owners *owners, uint32_t stack);

/* How many of the stack's frames remain when `callers` are counted from the first own one. */
uint32_t own_stack_frames(struct owners *owners, const struct stack *stack, uint32_t callers);

#endif
