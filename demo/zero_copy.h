/* zero_copy.h: the zero-copy demo, a shared buffer that a view outlives.
 *
 * A packet's bytes are shared by counted references, and its parts are views into it. The view of
 * the payload takes no reference, and is read when the last owner has gone. */
#ifndef ZERO_COPY_H
#define ZERO_COPY_H

#include "demo.h"

void zero_copy_run(enum demo_way way);

#endif
