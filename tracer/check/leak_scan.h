/* leak_scan: the leak check: every live block's kind, at the end or while the program runs.
 *
 * The caller holds the other threads. The check itself runs in a disposable child made by the bare
 * fork system call: there, at the end, libc's and libstdc++'s own caches are freed first (as
 * valgrind does), which has crashed programs when done in place. The child writes its verdicts
 * where the caller says, which is memory that both share. If it dies or hangs, the same check is
 * made in place, without freeing anything, and the record says so. The program's memory is read
 * only, through calls that fail instead of faulting.
 *
 * May be made any number of times, one at a time: what is kept from one to the next is memory, and
 * no more of that than the largest one took. */
#ifndef LEAK_SCAN_H
#define LEAK_SCAN_H

#include "check/leak_scan_options.h"
#include "stop/stop_world.h"

#include <stdbool.h>

/* `here` describes the calling thread as the program left it; what lies below its stack pointer is
 * the tracer's. `world` holds the other threads. check->scan says whether there is a result, and
 * check->obstacle why not. */
void leak_scan_run(const struct leak_scan_options *options, const struct leak_scan_result *result,
                   const struct stopped_thread *here, const struct stopped_world *world);
/* The same in a process that the caller has made for nothing else, of which this is the only
 * thread: `here`, with its tid, is the thread of the parent's that made it. pagemap:
 * page_use_open_forker. */
void leak_scan_run_as_child(const struct leak_scan_options *options,
                            const struct leak_scan_result *result,
                            const struct stopped_thread *here, const struct stopped_world *world,
                            int pagemap);
/* What an error of a call that the end needs is called in the log. */
enum trace_obstacle leak_scan_obstacle(int error);
/* Whether this is the check's child: a free that fits no live block is nobody's mistake there. */
bool leak_scan_is_child(void);

#endif
