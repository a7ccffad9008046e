/* select.h: which records and errors are shown, which count as errors, which are suppressed, and
 * the sums over them.
 *
 * valgrind's rules: a suppressed record leaves every line but "suppressed"; leak kinds count as
 * errors only in a full check. One rule is ours: what is lost only through a suppressed head is
 * suppressed with it.
 */
#ifndef SELECT_H
#define SELECT_H

#include "base/failure.h"
#include "base/options.h"
#include "judge/group.h"
#include "read/model.h"
#include "suppress/suppress.h"
#include "symbols/symbolize.h"

struct selection {
    struct suppressions *suppressions; /* counts: of this log */
    uint64_t bytes[BLOCK_KINDS_COUNT]; /* what is not suppressed */
    uint64_t blocks[BLOCK_KINDS_COUNT];
    uint64_t suppressed_bytes, suppressed_blocks;
    uint64_t hanging_blocks; /* of the suppressed: those that hang on a suppressed head */
    uint64_t heuristic_bytes[TRACE_HEURISTICS_COUNT];
    uint64_t heuristic_blocks[TRACE_HEURISTICS_COUNT];
    uint64_t errors, contexts;
    uint64_t suppressed_errors, suppressed_contexts;
    uint32_t suppressed_misuses;
    bool compared; /* with another log, whose sums these are: log_diff's word */
    uint64_t bytes_before[BLOCK_KINDS_COUNT];
    uint64_t blocks_before[BLOCK_KINDS_COUNT];
    uint64_t suppressed_bytes_before, suppressed_blocks_before;
};

/* The suppressions that the options name, for all logs: a file may be a pipe, and is read once.
 * NULL with `failure` filled when one cannot be read; otherwise for suppress_free. */
struct suppressions *select_suppressions(const struct options *options, struct failure *failure);
/* Marks the records and the model's errors, and symbolizes what will be shown. */
void select_records(struct selection *selection, const struct options *options, struct model *model,
                    struct loss_records *records, struct symbolizer *symbolizer,
                    struct suppressions *suppressions);

/* Whether the list of suppressed errors has it, which --show-error-list=all asks for. */
bool select_lists_suppressed(const struct options *options, const struct loss_record *record);
/* An error's kind in the words of suppressions. */
enum suppress_kind select_suppress_kind(const struct misuse *misuse);
/* A record's leak kind as a set; all of them when no leak check was made. */
unsigned select_leak_kinds(const struct loss_record *record);

#endif
