/* pool.h: the pool demo, a pool that is dropped without its chunks.
 *
 * Parcels are taken from a pool that gets its memory in chunks. Who drops the pool frees the pool
 * itself; the chunks, linked by their headers, and what the parcels own are left behind. */
#ifndef POOL_H
#define POOL_H

#include "demo.h"

void pool_run(enum demo_way way);

#endif
