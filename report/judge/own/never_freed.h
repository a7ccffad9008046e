/* never_freed.h: places that allocate and none of whose blocks was ever freed, while other places
 * of the same function free theirs (--never-freed).
 *
 * A place is a call in the program's own code: all stacks count for it whose culprit (own_stack) it
 * is, or which have only allocators (xmalloc) between the two. That it never frees is no verdict:
 * its counts are told, and those of its neighbours.
 */
#ifndef NEVER_FREED_H
#define NEVER_FREED_H

#include "judge/own/own_stack.h"

struct never_freed_place {
    struct shown_line line;
    uint64_t blocks, bytes; /* allocated */
    uint64_t frees;         /* 0 */
    uint32_t function;      /* a number of its function */
    uint32_t places;        /* of that function, itself included, */
    uint32_t freeing;       /* and how many of them free blocks of theirs */
};
struct never_freed {
    struct never_freed_place *places; /* the one with the most bytes first */
    uint32_t count;
};

/* The model has usage, and its stacks are symbolized. */
void never_freed_find(struct never_freed *never, const struct options *options,
                      const struct model *model);
/* What a stack is told by: the culprit, or if that is an allocator of the program's own, the first
 * that is none outside it. false: none has a name. */
bool never_freed_place(struct shown_line *line, const struct options *options,
                       struct owners *owners, const struct model *model, uint32_t stack);
void never_freed_free(struct never_freed *never);

#endif
