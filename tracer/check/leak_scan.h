/* leak_scan: the leak check at the end: every live block's kind into the log.
 *
 * The caller holds the other threads. The check itself runs in a disposable child made by the bare
 * fork system call: there libc's and libstdc++'s own caches are freed first (as valgrind does),
 * which has crashed programs when done in place. The child writes its verdicts into the log, which
 * is shared. If it dies or hangs, the same check is made in place, without freeing anything, and
 * the log says so. The program's memory is read only, through calls that fail instead of faulting.
 *
 * Called once, while tracing is off. */
#ifndef LEAK_SCAN_H
#define LEAK_SCAN_H

#include "check/stop_world.h"
#include "trace_format.h"

#include <stdbool.h>

struct leak_scan_options {
    unsigned heuristics;
    bool run_libc_freeres;
    bool run_cxx_freeres;
    bool other_allocator; /* malloc is not glibc's */
};

/* `here` describes the calling thread as the program left it; what lies below its stack pointer is
 * the tracer's. `world` holds the other threads. Results: trace_log_header->scan, leaks, verdicts
 * and VERDICTS; or losses.not_scanned. */
void leak_scan_run(const struct leak_scan_options *options, const struct stopped_thread *here,
                   const struct stopped_world *world);
/* What an error of a call that the end needs is called in the log. */
enum trace_obstacle leak_scan_obstacle(int error);
/* Whether this is the check's child: a free that fits no live block is nobody's mistake there. */
bool leak_scan_is_child(void);

#endif
