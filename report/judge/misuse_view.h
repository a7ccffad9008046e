/* misuse_view.h: the program's errors as reports show them: where the address lies that was given,
 * whose stacks go with it, and the order of the closing list. */
#ifndef MISUSE_VIEW_H
#define MISUSE_VIEW_H

#include "read/model.h"

enum misuse_where {
    MISUSE_NOWHERE, /* not on a stack, in no block of now or lately */
    MISUSE_INSIDE,  /* a block, and the next two: beside one */
    MISUSE_BEFORE,
    MISUSE_AFTER,
    MISUSE_ON_STACK,
    MISUSE_IN_VARIABLE,
    MISUSE_IN_SECTION, /* of a module, where no variable is known */
    MISUSE_IN_FILE,    /* another part of a module's file */
    MISUSE_IN_DATA,    /* a module's, whose file is not known */
};
struct misuse_view {
    enum misuse_where where;
    uint64_t offset;          /* bytes inside, before, after */
    bool has_stack;           /* of the block, or of the code that the address lies in */
    bool freed;               /* the block was */
    uint32_t stack;           /* where the block was allocated, or freed; 0: unknown */
    uint32_t allocated_stack; /* of one that was freed */
    bool has_allocated_stack;
    bool has_overwritten_stack;
    uint32_t overwritten_stack; /* of the block whose header was overwritten */
    bool is_main_thread;        /* whose stack it is on */
    bool has_frame;             /* on a stack: of which function is known */
    uint64_t frame;             /* 0: the innermost */
};
struct misuse_view misuse_view(const struct model *model, const struct misuse *misuse);

/* Those that are not suppressed, the rarest first and the latest first among equals, as in
 * valgrind's list. The caller's to free. */
const struct misuse **misuse_list(const struct model *model, uint32_t *count);

#endif
