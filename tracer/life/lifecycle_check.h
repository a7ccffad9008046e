/* lifecycle_check: leak checks while the program runs.
 *
 * One at a time. The other threads stand still meanwhile, and go on after it. What is found is in
 * CHECKS and LOST of the log. */
#ifndef LIFECYCLE_CHECK_H
#define LIFECYCLE_CHECK_H

#include "check/leak_scan.h"

#include <stdbool.h>

/* Makes a check. `here` is the calling thread as the program left it (stop_world_capture). Waits
 * for another thread's. false: none was made, and check->obstacle says why; TRACE_OBSTACLE_NONE:
 * this process is not traced, or ends. */
bool lifecycle_check(enum trace_reason reason, const struct stopped_thread *here,
                     struct trace_check *check);

/* Calls work(argument) while no check is made: what it returns; false: this process is not traced.
 */
bool lifecycle_check_keep_off(bool (*work)(const void *argument), const void *argument);

/* What every check is made with. */
struct leak_scan_options lifecycle_check_options(bool goes_on);

/* Waits for a check that another thread makes. */
void lifecycle_check_wait(void);
/* The same, and none begins until the calling thread resumes. With its signals open: a check that
 * is under way stops this thread, too. */
void lifecycle_check_suspend(void);
void lifecycle_check_resume(void);
/* Takes the turn, if it is free; lifecycle_check_resume gives it back. */
bool lifecycle_check_try(void);
/* The same, and none begins any more. */
void lifecycle_check_forbid(void);
/* In a forked child: the thread that made one is not here. */
void lifecycle_check_forked(void);

#endif
