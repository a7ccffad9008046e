/* log_diff.h: what is not as it was in another log of the program (--diff=OLD).
 *
 * The older log is read, grouped and selected as the report's own. Then loss records and errors of
 * both are paired (diff_join): the report's records get the figures that they had before, those
 * that are gone come in without blocks, as in valgrind, and errors that were there before go. What
 * is an error now is what is new or has grown; with --show=new, only what is new. Stacks that only
 * the older log has are put into the model (stack_graft), so views know one model.
 */
#ifndef LOG_DIFF_H
#define LOG_DIFF_H

#include "base/options.h"
#include "judge/group.h"
#include "judge/select.h"
#include "read/model.h"
#include "symbols/symbolize.h"

/* A log, as far as it is judged. */
struct diff_side {
    struct model *model;
    struct loss_records *records;
    struct selection *selection;
    struct symbolizer *symbolizer;
};

struct diff_sum { /* records of the kinds that are shown */
    uint64_t records;
    uint64_t bytes, blocks;
    uint64_t bytes_before, blocks_before;
};
struct log_diff {
    const struct model *old;
    struct diff_sum sums[LOSS_CHANGES_COUNT];
    uint64_t misuses_known, misuses_gone; /* different errors */
    struct stack_use *use_before; /* by stack of the model; NULL: the use of memory is not loaded */
    uint32_t stack_count;         /* of the model, those that were put into it included */
};

/* Before blocks are grouped: leak kinds are compared only when both logs have them. */
void log_diff_match_kinds(struct model *old, struct model *now);
/* frames: as for group_blocks. Where both models have the use of memory, that is compared, too. */
void log_diff_make(struct log_diff *diff, const struct options *options, struct diff_side *old,
                   struct diff_side *now, uint32_t frames);
void log_diff_free(struct log_diff *diff);

#endif
