/* state.h: the state demo, application states that are replaced and never freed.
 *
 * Each interaction makes a changed copy of the whole state. The old one is forgotten: the function
 * that should free it is never called. */
#ifndef STATE_H
#define STATE_H

#include "demo.h"

void state_run(enum demo_way way);

#endif
