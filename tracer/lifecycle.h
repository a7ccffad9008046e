/* lifecycle: when tracing begins and how it ends.
 *
 * It begins with the first allocation or the library's constructor, whichever is earlier, and ends
 * once: when every destructor of the program and its libraries has run, or with _exit, or not at
 * all (SIGKILL), which the log is made for. Whether tracing is on is one word in a page that the
 * kernel wipes in a forked child, so that a child, however it was made, finds it off and never
 * touches its parent's log. */
#ifndef LIFECYCLE_H
#define LIFECYCLE_H

#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>

extern uint32_t *lifecycle_word; /* 1: on */

static inline bool lifecycle_is_on(void)
{
    return __builtin_expect(__atomic_load_n(lifecycle_word, __ATOMIC_RELAXED) == 1, 1);
}
/* Turns tracing on if this process was never traced; true if it is on then. Cold. */
bool lifecycle_begin(void);
/* Whether lifecycle_begin is under way in this process: allocations now are the tracer's own. */
bool lifecycle_is_beginning(void);
/* Ends tracing: totals and ending into the log, summary to the user. Only the first call of the
 * traced process itself has an effect; a vfork child's, for one, has none. */
void lifecycle_end(enum trace_ending ending, int value);

#endif
