/* leak_scan_options: what a leak check is asked for, and where its result goes. */
#ifndef LEAK_SCAN_OPTIONS_H
#define LEAK_SCAN_OPTIONS_H

#include "check/reach.h"
#include "trace_format.h"

#include <stdbool.h>

struct program_memory;

/* Who looks for words that point to what was given up. */
struct leak_scan_stale {
    void (*begin)(void); /* before the check's child is made: makes room in the log */
    /* When all verdicts are known: what may be pointed to. false: nothing was given up. */
    bool (*open)(struct reach *reach, struct program_memory *memory, bool all);
    /* Then: memory that is no block's, and at last all blocks. */
    void (*scan)(uint64_t begin, uint64_t end);
    void (*scan_blocks)(void);
};

struct leak_scan_options {
    unsigned heuristics;
    bool run_libc_freeres;
    bool run_cxx_freeres;
    bool other_allocator; /* malloc is not glibc's, or not as it is known */
    bool goes_on;         /* the program does, after the check: its caches count as any block */
    const struct leak_scan_stale *stale; /* NULL: nobody asks for them */
    bool stale_all;                      /* stacks, too, and what may be meant for a fresh block */
    bool heap_graph; /* every pointer is told to heap_graph, which is prepared */
};

/* Where the result goes. */
struct leak_scan_result {
    struct trace_check *check; /* in memory shared with the child; zeros but for what is the
                                * caller's: number, reason, time, not_held */
    void *context;
    /* Makes room for the verdicts on so many blocks, before the child is made. false: there is
     * none. */
    bool (*begin)(void *context, size_t capacity);
    /* In whichever process did the check: what a finished `reach` says of its blocks; the sums go
     * into check->leaks. */
    void (*write)(void *context, const struct reach *reach, struct trace_check *check);
};

#endif
