/* fake_stack.h: call stacks made of texts, for the tests of suppressions. */
#ifndef FAKE_STACK_H
#define FAKE_STACK_H

#include "suppress/suppress.h"

struct fake_frame {
    const char *function;
    const char *demangled;
    const char *object;
    const char *file;
    unsigned line;
    const char *inlined;
};
struct fake_stack {
    const struct fake_frame *frames;
    size_t count;
    size_t asked;       /* calls of the five functions that cost something */
    size_t deepest;     /* highest frame that one of them was asked about */
    bool with_identity; /* a frame is named by its address */
};

struct suppress_stack fake_stack_view(struct fake_stack *stack);

/* Entries of one text; the test fails when it has an error. */
struct suppressions *fake_load(const char *text);
/* The name of the entry that suppresses a definite leak with these functions in its stack
 * (innermost first, NULL at the end), or "none". */
const char *fake_find(struct suppressions *suppressions, const char *const *functions);
const char *fake_find_in(struct suppressions *suppressions, const struct fake_frame *frames,
                         size_t count);

#endif
