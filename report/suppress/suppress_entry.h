/* suppress_entry.h: what an entry of a suppression file says, and what it is held against. */
#ifndef SUPPRESS_ENTRY_H
#define SUPPRESS_ENTRY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "trace_format.h"

/* What a record is; an entry matches one of these. */
enum suppress_kind {
    SUPPRESS_LEAK = 0,           /* a loss record */
    SUPPRESS_FREE = 1,           /* invalid, double and mismatched frees: valgrind's "Free" */
    SUPPRESS_REALLOC_ZERO = 2,   /* realloc to size 0 */
    SUPPRESS_SIZE_MISMATCH = 3,  /* sized delete, free_sized */
    SUPPRESS_ALIGN_MISMATCH = 4, /* aligned delete, free_aligned_sized */
    SUPPRESS_ADDR1 = 5,          /* reads and writes of memory that is no block's, by their size */
    SUPPRESS_ADDR2 = 6,
    SUPPRESS_ADDR4 = 7,
    SUPPRESS_ADDR8 = 8,
    SUPPRESS_ADDR16 = 9,
    SUPPRESS_ADDR32 = 10,
    SUPPRESS_PARAM = 11, /* this and those that follow: a system call's, enum trace_parameter */
    SUPPRESS_KINDS_COUNT = SUPPRESS_PARAM + TRACE_PARAMETERS_COUNT
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
    uint64_t times;      /* records that it suppressed in this log */
    uint64_t bytes;      /* of leaks */
    uint64_t blocks;
    uint64_t times_before, bytes_before, blocks_before; /* in earlier logs */
};

/* "read(buf)" …: of enum trace_parameter. */
const char *suppress_parameter_name(uint64_t parameter);

#endif
