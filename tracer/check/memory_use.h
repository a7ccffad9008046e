/* memory_use: what the program's resident memory consists of, for the part that malloc's figures do
 * not explain: what is free inside malloc, what the program mapped itself, stacks.
 *
 * Counted in the leak check, where the ranges of malloc are known and the blocks are sorted, by
 * pagemap: a page counts where it is in memory or in swap. */
#ifndef MEMORY_USE_H
#define MEMORY_USE_H

#include "stop/stop_world.h"
#include "os/memory_map.h"
#include "os/page_use.h"
#include "trace_format.h"

#include <stddef.h>

/* Forgets the ranges of the check before. */
void memory_use_begin(void);
/* A range of the allocator; in any order, overlaps allowed. */
void memory_use_add(uint64_t begin, uint64_t end);
/* Blocks ascending by address; sizes: of one whose size does not stand in it. Of `used` the
 * resident size stays, and all else is filled. */
void memory_use_sum(struct trace_memory *used, const struct memory_map *map,
                    const struct trace_block *blocks, size_t count,
                    uint64_t (*size_of)(const struct trace_block *block),
                    const struct stopped_thread *here, const struct stopped_world *world);

#endif
