/* lifecycle: which process is traced, and how; its begin, end, fork, exec and unloading have rooms
 * of their own, lifecycle_*.
 *
 * Tracing begins with the first allocation or the library's constructor, whichever is earlier, and
 * ends once: when every destructor of the program and its libraries has run, or with _exit, or not
 * at all (SIGKILL), which the log is made for. */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "life/env.h"
#include "os/tracing.h"
#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>

/* Reads LIBTRACE_OPTIONS: see env_take_options. */
int lifecycle_take_options(char *problem, size_t problem_size);
/* What it says. */
const struct env_options *lifecycle_options(void);
/* No leak check is made, whatever it says. */
void lifecycle_skip_leak_check(enum trace_obstacle why);
/* Whether this is the traced process, and not a child that shares its memory (vfork). */
bool lifecycle_is_own_process(void);
/* The header is complete: from now on the file is a log. */
void lifecycle_publish_log(void);

#endif
