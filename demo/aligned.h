/* aligned.h: the aligned demo, a block that is freed where it was aligned to.
 *
 * Samples want to begin at a multiple of 64. The helper takes a larger block and gives out an
 * address inside it; who frees that address frees no block. The C library ends the program there,
 * so this demo is run by name only. */
#ifndef ALIGNED_H
#define ALIGNED_H

#include "demo.h"

void aligned_run(enum demo_way way);

#endif
