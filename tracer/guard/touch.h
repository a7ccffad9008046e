/* touch: a fault in the guard area is recorded, the memory made accessible, and the program goes
 * on. */
#ifndef TOUCH_H
#define TOUCH_H

#include "libc/guard_area.h"
#include "trace_format.h"

#include <signal.h>
#include <stdbool.h>
#include <ucontext.h>

/* From a handler of SIGSEGV. false: the fault is the program's. */
bool touch_take(const siginfo_t *info, const ucontext_t *context);
/* Which block it is of, in what state. */
void touch_describe(struct trace_error *error, const struct guard_slot *slot);
/* Whether there is an area, so that faults may be ours. */
bool touch_is_possible(void);

#endif
