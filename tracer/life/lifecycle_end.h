/* lifecycle_end: the books are closed, once, by the thread by which the process ends. */
#ifndef LIFECYCLE_END_H
#define LIFECYCLE_END_H

#include "life/lifecycle.h"

/* Whether a thread closes the books, or has closed them. */
bool lifecycle_is_ending(void);

#endif
