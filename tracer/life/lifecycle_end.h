/* lifecycle_end: tracing ends: leak check, totals and ending into the log, summary to the user.
 *
 * One thread closes the books, the first that comes; others that leave meanwhile wait for it. */
#ifndef LIFECYCLE_END_H
#define LIFECYCLE_END_H

#include "stop/stop_world.h"
#include "life/ending.h"
#include "trace_format.h"

#include <stdbool.h>

/* Only the first call of the traced process itself has an effect; a vfork child's, for one, has
 * none. `here` is the calling thread as the program left it (stop_world_capture), `signal` what it
 * dies of, NULL: it does not. */
void lifecycle_end(enum trace_ending ending, int value, const struct stopped_thread *here,
                   const struct ending_signal *signal);
/* Whether a thread closes the books, or has closed them. */
bool lifecycle_is_ending(void);
/* Whether the books are closed, or there are none. */
bool lifecycle_is_over(void);

#endif
