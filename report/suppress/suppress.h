/* suppress.h: which loss records and errors the user does not want to see.
 *
 * The room reads valgrind's suppression files and LeakSanitizer's (both may stand in one file),
 * finds the entry that matches a record, and counts how often each entry was of use. It knows
 * nothing of logs or symbols: a record's stack comes frame by frame through callbacks, and only
 * the frames and names that some entry still needs are asked for.
 *
 * Order of use: suppress_new, suppress_load (or _text, _default) once per source, then
 * suppress_find for each record, suppress_count for each that was really suppressed, and the
 * lists of suppress_print.h at the end. Loading after finding is allowed. One thread only.
 *
 * Precedence: the entry that was read last is tried first, as in valgrind, also within one file;
 * so a user's file beats the built-in list when that is loaded before it.
 */
#ifndef SUPPRESS_H
#define SUPPRESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/failure.h"

/* What a record is; an entry matches one of these. */
enum suppress_kind {
    SUPPRESS_LEAK = 0,           /* a loss record */
    SUPPRESS_FREE = 1,           /* invalid, double and mismatched frees: valgrind's "Free" */
    SUPPRESS_REALLOC_ZERO = 2,   /* realloc to size 0 */
    SUPPRESS_SIZE_MISMATCH = 3,  /* sized delete, free_sized */
    SUPPRESS_ALIGN_MISMATCH = 4, /* aligned delete, free_aligned_sized */
    SUPPRESS_BAD_ALIGN = 5,
    SUPPRESS_BAD_SIZE = 6,
    SUPPRESS_KINDS_COUNT
};

/* Sets of leak kinds: bit n is enum trace_leak_kind n (trace_format.h). */
enum suppress_leak_kinds {
    SUPPRESS_REACHABLE = 1 << 0,
    SUPPRESS_POSSIBLE = 1 << 1,
    SUPPRESS_INDIRECT = 1 << 2,
    SUPPRESS_DEFINITE = 1 << 3,
    SUPPRESS_ALL_LEAKS = 15,
};

/* A call stack, asked for lazily. Frame 0 is the innermost: the allocation function, or the
 * function that freed; an inlined function is a frame of its own. A text has to last only until
 * the next of these calls; NULL means not known, and matches as "???" does in valgrind. */
struct suppress_stack {
    void *context;
    /* Is there a frame of this number? Asked for 0, 1, 2 … in turn. The caller cuts the stack
     * here: valgrind sees --num-callers frames. */
    bool (*exists)(void *context, size_t frame);
    /* Two frames with the same number give the same answers below, in every stack: what was
     * found out is then remembered. 0, or no function: nothing is remembered. */
    uint64_t (*identity)(void *context, size_t frame);
    const char *(*function)(void *context, size_t frame);  /* as linked: mangled */
    const char *(*demangled)(void *context, size_t frame); /* NULL: the same as function */
    /* Of an inlined function its name alone, "tm<int>", which is all that valgrind knows of it;
     * NULL: it is not inlined. */
    const char *(*inlined)(void *context, size_t frame);
    const char *(*object)(void *context, size_t frame); /* path of the module */
    const char *(*file)(void *context, size_t frame);   /* source, with or without directory */
    unsigned (*line)(void *context, size_t frame);      /* 0: not known */
};

/* One entry, for those who print it; owned by the struct suppressions, never moved. */
struct suppress_entry {
    const char *name; /* "leak:pattern" for LeakSanitizer's */
    const char *file; /* as given to suppress_load */
    unsigned line;    /* where its name (or its leak:) stands, as valgrind counts it */
    enum suppress_kind kind;
    unsigned leak_kinds; /* set of enum suppress_leak_kinds */
    bool built_in;
    uint64_t times; /* records that it suppressed in this log */
    uint64_t bytes; /* of leaks */
    uint64_t blocks;
    uint64_t times_before, bytes_before, blocks_before; /* in earlier logs */
};

/* "Leak", "Free" … as a suppression file says it. */
const char *suppress_kind_name(enum suppress_kind kind);

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
/* The list that is compiled in (--default-suppressions=yes). Load it first. */
int suppress_load_default(struct suppressions *suppressions, struct failure *failure);

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
/* After the last log: the counts are now those of all logs. */
void suppress_sum_logs(struct suppressions *suppressions);

/* All entries in the order in which they are tried: 0 … count - 1. */
size_t suppress_entries_count(const struct suppressions *suppressions);
const struct suppress_entry *suppress_entry_at(const struct suppressions *suppressions,
                                               size_t index);

#endif
