/* lifecycle_begin: tracing is turned on, once in a process. */
#ifndef LIFECYCLE_BEGIN_H
#define LIFECYCLE_BEGIN_H

#include <stdbool.h>

/* Turns tracing on if this process was never traced; true if it is on then. Cold. */
bool lifecycle_begin(void);
/* Whether lifecycle_begin is under way in this process: allocations now are the tracer's own. */
bool lifecycle_is_beginning(void);

#endif
