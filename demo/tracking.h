/* tracking.h: the tracking demo, an allocator that counts and is right about what it sees.
 *
 * All blocks of the program are to go through tracked_take and tracked_give_back, which keep the
 * balance; at the end it is 0. The names were made by strdup, past it, and nobody frees them. */
#ifndef TRACKING_H
#define TRACKING_H

#include "demo.h"

void tracking_run(enum demo_way way);

#endif
