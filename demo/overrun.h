/* overrun.h: the overrun demo, a text without room for its end.
 *
 * A label is joined from two words, and the block is as long as the letters. The NUL is written
 * behind it, where malloc happens to leave room. */
#ifndef OVERRUN_H
#define OVERRUN_H

#include "demo.h"

void overrun_run(enum demo_way way);

#endif
