/* suppress.h: which loss records and errors the user does not want to see.
 *
 * The room reads valgrind's suppression files and LeakSanitizer's (both may stand in one file),
 * finds the entry that matches a record, and counts how often each entry was of use. It knows
 * nothing of logs or symbols: a record's stack comes frame by frame through callbacks, and only
 * the frames and names that some entry still needs are asked for.
 *
 * Order of use: suppress_new, suppress_load (or _text) once per source, then
 * suppress_find for each record, suppress_count for each that was really suppressed, and the
 * lists of suppress_print.h at the end. Loading after finding is allowed. One thread only.
 *
 * Precedence: the entry that was read last is tried first, as in valgrind, also within one file.
 */
#ifndef SUPPRESS_H
#define SUPPRESS_H

#include <stddef.h>
#include <stdint.h>
#include "base/failure.h"
#include "suppress/suppress_entry.h"

struct suppressions; /* opaque */

/* callers: frames that a stack has at most (--num-callers). As many lines of an entry count, as in
 * valgrind: its first ones decide. 0: all do. suppress_free(NULL) does nothing. */
struct suppressions *suppress_new(size_t callers);
void suppress_free(struct suppressions *suppressions);

/* 0, or -1 with `failure` filled: which file, which line, what, what to do; after -1 nothing of
 * that source counts. */
int suppress_load(struct suppressions *suppressions, const char *path, struct failure *failure);
int suppress_load_text(struct suppressions *suppressions, const char *name, const char *text,
                       size_t size, struct failure *failure);

/* What was read and cannot have been meant so, a sentence each: NULL behind the last. */
const char *suppress_warning(const struct suppressions *suppressions, size_t index);

/* The first entry that matches a record of this kind, or NULL. leak_kinds, for SUPPRESS_LEAK
 * only: the record's kind, or all that it may be when that is not known (no leak check was made);
 * an entry matches that takes one of them. Counts nothing. */
struct suppress_entry *suppress_find(struct suppressions *suppressions, enum suppress_kind kind,
                                     unsigned leak_kinds, const struct suppress_stack *stack);

/* The record was suppressed by this entry, `times` times. bytes and blocks: 0 for errors that are
 * no leaks. */
void suppress_count(struct suppress_entry *entry, uint64_t times, uint64_t bytes, uint64_t blocks);

/* Between two logs: counts begin anew, and identities of frames mean others from now on. */
void suppress_next_log(struct suppressions *suppressions);
/* The same, and what was counted is forgotten: the log will be read once more. */
void suppress_forget_log(struct suppressions *suppressions);
/* After the last log: the counts are now those of all logs. */
void suppress_sum_logs(struct suppressions *suppressions);

/* All entries in the order in which they are tried: 0 … count - 1. */
size_t suppress_entries_count(const struct suppressions *suppressions);
const struct suppress_entry *suppress_entry_at(const struct suppressions *suppressions,
                                               size_t index);

#endif
