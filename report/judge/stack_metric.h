/* stack_metric.h: what call stacks are measured by: --metric, and the columns of exports. */
#ifndef STACK_METRIC_H
#define STACK_METRIC_H

#include "base/metric.h"
#include "judge/group.h"
#include "read/model.h"

/* A value for each of the model's stacks, 0 for those that --filter leaves out; what is suppressed
 * counts as in use, not as lost. The caller's to free. Usage must have been loaded for all but the
 * first two. */
uint64_t *metric_of_stacks(enum metric metric, const struct model *model,
                           const struct loss_records *records);

/* The same in the older log; uses: those of log_diff. */
uint64_t *metric_of_stacks_before(enum metric metric, const struct model *model,
                                  const struct loss_records *records, const struct stack_use *uses);
/* The same without --filter. */
uint64_t *stack_metric_of_all(enum metric metric, const struct model *model,
                              const struct loss_records *records);
/* Do the record's blocks count for LOST, for IN_USE? */
bool stack_metric_counts(enum metric metric, const struct loss_record *record);

#endif
