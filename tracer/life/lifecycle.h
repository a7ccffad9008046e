/* lifecycle: when tracing begins and how it ends.
 *
 * It begins with the first allocation or the library's constructor, whichever is earlier, and ends
 * once: when every destructor of the program and its libraries has run, or with _exit, or not at
 * all (SIGKILL), which the log is made for. */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "check/stop_world.h"
#include "os/tracing.h"
#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>

struct env_options;

/* Turns tracing on if this process was never traced; true if it is on then. Cold. */
bool lifecycle_begin(void);
/* Whether lifecycle_begin is under way in this process: allocations now are the tracer's own. */
bool lifecycle_is_beginning(void);
/* What LIBTRACE_OPTIONS says. */
const struct env_options *lifecycle_options(void);
/* Ends tracing: leak check, totals and ending into the log, summary to the user. Only the first
 * call of the traced process itself has an effect; a vfork child's, for one, has none. `here` is
 * the calling thread as the program left it (stop_world_capture), `stack` its call stack, or 0. */
void lifecycle_end(enum trace_ending ending, int value, const struct stopped_thread *here,
                   uint32_t stack);
/* Whether a thread closes the books, or has closed them. */
bool lifecycle_is_ending(void);
/* Whether the books are closed, or there are none. */
bool lifecycle_is_over(void);
/* Whether this is the traced process, and not a child that shares its memory (vfork). */
bool lifecycle_is_own_process(void);
/* Libraries are about to be unloaded: what is to be known of them is looked up. */
void lifecycle_unloading(void);
/* Libraries may have been unloaded: what is known of their code is forgotten. */
void lifecycle_unloaded(void);
/* The process is about to confine itself to a folder. */
void lifecycle_before_chroot(void);
/* The process is about to fork, and has, or could not. fork() itself calls these. */
void lifecycle_before_fork(void);
void lifecycle_forked_in_parent(void);
void lifecycle_forked_in_child(void);
/* What a program is called of which execveat is told this. What path points to need not be there.
 */
const char *lifecycle_exec_name(int fd, const char *path);
/* The process is about to become the program `path`, which need not be there; or it could not. */
void lifecycle_exec(const char *path);
void lifecycle_exec_failed(void);

#endif
