/* glibc_heap_world.h: what is asked of a process to find its malloc's memory. */
#ifndef GLIBC_HEAP_WORLD_H
#define GLIBC_HEAP_WORLD_H

#include "os/memory_map.h"
#include "trace_format.h"

#include <stddef.h>
#include <stdint.h>

/* Live blocks, ascending by address: `where` and `what` of each are used. */
struct glibc_heap_world {
    const struct memory_map *map;
    const struct trace_block *blocks;
    size_t count;
    uint64_t apart_begin, apart_end; /* blocks between them are another allocator's */
    int other_allocator; /* 1: malloc is known not to be glibc's, no mark means anything */
    void *context;
    /* Copies up to length bytes; returns how many could be read. */
    size_t (*read)(void *context, uint64_t address, void *buffer, size_t length);
    /* Optional, for speed: the same bytes where they lie, or NULL (see reach_world). */
    const void *(*in_place)(void *context, uint64_t address, size_t length);
    /* Optional: where memory that is to be read begins and ends, as in reach_world. */
    uint64_t (*next_used)(void *context, uint64_t begin, uint64_t end, uint64_t *until);
    /* Is told each range of the allocator, in no order, overlaps allowed. */
    void (*found)(void *context, uint64_t begin, uint64_t end);
};

#endif
