/* leak_scan_walk: one leak check's view of the process: what of its memory reach looks at, and in
 * which order. For leak_scan alone. */
#ifndef LEAK_SCAN_WALK_H
#define LEAK_SCAN_WALK_H

#include "check/leak_scan_options.h"
#include "check/program_memory.h"
#include "check/roots.h"
#include "stop/stop_world.h"

struct scan {
    const struct leak_scan_options *options;
    const struct leak_scan_result *result;
    struct stopped_thread here;
    const struct stopped_world *world;
    size_t capacity;            /* of `blocks` */
    struct trace_block *blocks; /* count of them, sorted by address */
    size_t count;
    bool divided;  /* some are parts of others */
    void *scratch; /* of reach */
    size_t scratch_size;
    struct roots_range tracer; /* where these modules lie */
    struct roots_range libunwind;
    struct roots_range loader;
    struct program_memory memory;
    int pagemap; /* of the process that is checked: see page_use_open_forker */
    struct roots roots;
    struct reach reach;
    bool tells_graph; /* what is scanned is only told of */
};

/* Asked before libc's caches are freed: the loader's own list of modules is one of them. */
void leak_scan_find_modules(struct scan *scan);
/* With `memory` open and the blocks as malloc has them. */
void leak_scan_find_roots(struct scan *scan);
/* How reach asks for memory. */
struct reach_world leak_scan_world(struct scan *scan);
/* Once reach has begun: everything that keeps blocks reachable. */
void leak_scan_walk(struct scan *scan);
/* The same roots once more, each pointer for heap_graph. */
void leak_scan_tell_graph(struct scan *scan);
/* For whoever looks for words that point to what was given up. */
void leak_scan_find_stale(struct scan *scan);
/* A block's size, also one that does not fit in its word. */
uint64_t leak_scan_size_of(const struct trace_block *block);

#endif
