/* filter.h: --filter, --sort and --limit: which loss records and stacks a report lists, and in
 * which order.
 *
 * Sums, errors and the exit status stay those of the whole log: what somebody looks at does not
 * change what the program did. What is left out is counted in a note.
 */
#ifndef FILTER_H
#define FILTER_H

#include "judge/group.h"
#include "judge/select.h"

/* Marks the stacks that --filter leaves out; all must have been symbolized. */
void filter_stacks(struct model *model, const struct options *options);
/* After selection. lists_all: the view lists records of all kinds, be they shown or not. */
void filter_records(struct model *model, struct loss_records *records,
                    const struct options *options, bool lists_all);

#endif
