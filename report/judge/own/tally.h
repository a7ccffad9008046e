/* tally.h: a metric summed up by function, file, module or line: --by.
 *
 * A stack counts for one place of it, the culprit (own_stack): sums of all lines are the whole.
 */
#ifndef TALLY_H
#define TALLY_H

#include "judge/group.h"
#include "judge/own/own_stack.h"
#include "judge/stack_metric.h"

struct tally_row {
    char *name;
    uint64_t figure; /* of the metric */
    uint64_t second; /* blocks; ALLOCATED, TEMPORARY: calls; CALLS: bytes */
};
struct tally {
    enum metric metric;
    struct tally_row *rows; /* largest first */
    uint32_t count;
    uint32_t shown; /* the first of them: --limit */
    uint64_t total; /* of all figures, and of what --filter leaves out */
    uint64_t rest;  /* of the rows that are not shown */
    uint64_t left_out;
};

/* What --by and --metric ask for. Without a leak check nothing is lost: what is in use counts. */
void tally_make(struct tally *tally, const struct options *options, const struct model *model,
                const struct loss_records *records);
void tally_free(struct tally *tally);

#endif
