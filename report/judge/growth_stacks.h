/* growth_stacks.h: which stacks of a process grow, by what its log has of the past. */
#ifndef GROWTH_STACKS_H
#define GROWTH_STACKS_H

#include "judge/growth.h"
#include "read/model.h"
#include "symbols/symbolize.h"

struct growing {
    uint32_t stack;
    struct growth growth;
    uint64_t bytes, blocks; /* live at the last moment */
};
struct growth_stacks {
    uint32_t moments;
    double seconds;         /* from the first to the last */
    struct growing *stacks; /* count of them: ENDLESS first, and of each kind those with the most */
    uint32_t count;
    uint32_t kinds[GROWTH_KINDS_COUNT];
    uint32_t shown; /* the first of them */
};

/* NULL: the model has no history. At most `most` of those that grow without end, and of those that
 * level off, are shown, and symbolized. */
struct growth_stacks *growth_stacks_find(const struct model *model, uint32_t most,
                                         struct symbolizer *symbolizer);
void growth_stacks_free(struct growth_stacks *stacks);

#endif
