/* log_compare.h: the older log that a report's log is compared with (--diff). */
#ifndef LOG_COMPARE_H
#define LOG_COMPARE_H

#include "base/failure.h"
#include "base/options.h"
#include "judge/diff/log_diff.h"
#include "judge/diff/old_export.h"
#include "judge/process_tree.h"
#include "suppress/suppress.h"

struct log_compare_of { /* what it is to be compared with, and how */
    const struct options *options;
    const struct process_tree *old, *tree;
    uint32_t number; /* in `tree` */
    struct module_cache *modules;
    struct suppressions *suppressions;
    uint32_t frames; /* as for group_blocks */
};
struct log_compare {
    struct symbolizer *symbolizer;
    struct model model;
    struct old_export export; /* what it was read from, if it is one */
    struct loss_records records;
    struct selection selection;
    struct log_diff diff;
};

/* Reads and judges it, before the report's own is grouped. Of a log that has no counterpart the
 * model is empty. -1 with `failure` filled: it cannot be read, and nothing is to be ended. */
int log_compare_begin(struct log_compare *compare, const struct log_compare_of *of,
                      struct model *model, struct failure *failure);
/* When the report's own has been selected. */
void log_compare_make(struct log_compare *compare, const struct log_compare_of *of,
                      struct diff_side *now);
void log_compare_end(struct log_compare *compare);

#endif
