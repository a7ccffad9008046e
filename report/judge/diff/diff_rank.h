/* diff_rank.h: the call stacks whose use of memory has changed most, largest change first. */
#ifndef DIFF_RANK_H
#define DIFF_RANK_H

#include "judge/diff/log_diff.h"

struct diff_ranked {
    uint32_t stack;
    uint64_t now, before;               /* rank_figure */
    uint64_t second_now, second_before; /* rank_second */
};
struct diff_ranking {
    struct diff_ranked *stacks; /* what has changed */
    uint32_t count;
    uint32_t shown; /* the first of them */
    uint32_t same;  /* stacks that are as they were */
    uint64_t total_now, total_before;
};
struct diff_rankings {
    struct diff_ranking by[CLI_ORDERS_COUNT]; /* empty where nobody asked for it */
};

/* Those that the options ask for. What is shown is symbolized. */
void diff_rank_stacks(struct diff_rankings *rankings, const struct log_diff *diff,
                      const struct options *options, const struct model *model,
                      struct symbolizer *symbolizer);
void diff_rank_free(struct diff_rankings *rankings);

#endif
