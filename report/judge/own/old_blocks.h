/* old_blocks.h: blocks far older than their site's usual life (--never-freed, of runs with
 * --ages=yes).
 *
 * A stack is told if of the blocks that it made in some later ages none is left, while some that
 * are older still are: at least OLD_MADE later ones, and OLD_TIMES as many as are left. Those of
 * the latest ages may still be in use, and count for nothing. That is a count, and no verdict.
 */
#ifndef OLD_BLOCKS_H
#define OLD_BLOCKS_H

#include "judge/own/own_stack.h"

enum { OLD_MADE = 20, OLD_TIMES = 10 };

struct old_place {
    struct shown_line line;
    uint32_t stack;
    uint64_t blocks, bytes;    /* that are left from before begin_ns */
    uint64_t freed;            /* made in [begin_ns, end_ns), all freed */
    uint64_t begin_ns, end_ns; /* since the start */
};
struct old_blocks {
    bool is_known;            /* the log has ages */
    struct old_place *places; /* the one with the most bytes first */
    uint32_t count;
};

/* The model's stacks are symbolized. */
void old_blocks_find(struct old_blocks *old, const struct options *options,
                     const struct model *model);
void old_blocks_free(struct old_blocks *old);

#endif
