/* rank.h: the call stacks with the most bytes, calls, temporary allocations … largest first.
 *
 * Stacks with equal figures stand in the order of their first sight. A stack whose figure is 0, or
 * below it (threads that pass blocks on; a damaged log), is in no ranking.
 */
#ifndef RANK_H
#define RANK_H

#include "base/options.h"
#include "read/model.h"
#include "symbols/symbolize.h"

struct ranked {
    uint32_t stack;
    uint64_t figure;
    uint64_t second; /* PEAK, LIVE: blocks; BYTES, TEMPORARY: calls; CALLS: bytes; MOVED: moves;
                      * MAPPED: mappings */
};
struct ranking {
    struct ranked *stacks;
    uint32_t count;
    uint32_t shown; /* the first of them */
    uint64_t total; /* of all figures */
    uint64_t rest;  /* of those that are not shown */
};
struct rankings {
    struct ranking by[CLI_ORDERS_COUNT]; /* empty where nobody asked for it */
};

/* Those that the options ask for. What is shown is symbolized. */
void rank_stacks(struct rankings *rankings, const struct options *options,
                 const struct model *model, struct symbolizer *symbolizer);
void rank_free(struct rankings *rankings);

/* What a stack is ordered by, and the second figure: of struct ranked. 0 instead of less. */
uint64_t rank_figure(const struct stack_use *use, enum cli_order order);
uint64_t rank_second(const struct stack_use *use, enum cli_order order);

#endif
