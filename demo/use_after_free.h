/* use_after_free.h: the use-after-free demo, a loop that steps on from what it has just freed.
 *
 * A server closes its idle connections. Closing one frees it, and the loop then asks it for the
 * next one. Natively it works as long as nobody takes the memory. */
#ifndef USE_AFTER_FREE_H
#define USE_AFTER_FREE_H

#include "demo.h"

void use_after_free_run(enum demo_way way);

#endif
