/* core_heap.h: the blocks of glibc's malloc as its own marks show them: in an image of a process
 * that nobody traced.
 *
 * Every chunk of every arena, from the first to the top, by its size; and mappings of their own, by
 * how they begin. In use is what the chunk behind says, less what waits in a thread's cache
 * (tcache, found by its shape) or in a fast bin, which is marked as in use. Sizes are what a block
 * has room for: up to 15 bytes more than was asked for. */
#ifndef CORE_HEAP_H
#define CORE_HEAP_H

#include "base/failure.h"
#include "core/image.h"
#include "trace_format.h"

struct core_heap {
    struct trace_block *blocks; /* by address */
    size_t count, capacity;
    struct trace_rare *large;
    size_t large_count, large_capacity;
    uint64_t arenas, mapped; /* how many of each */
    uint64_t free_bytes;     /* of free chunks */
};

/* 0, or -1 with `failure` filled: the heap of glibc is not to be found, or does not hold together.
 * Marks the mapping of the main arena as heap. */
int core_heap_read(struct core_heap *heap, struct image *image, const char *name,
                   struct failure *failure);
void core_heap_free(struct core_heap *heap);

#endif
