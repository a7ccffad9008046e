/* glibc_heap_arena: whether a heap of one of malloc's other arenas, those of threads, lies at an
 * address. Told by shape alone, so that heaps without a live block are found, too. */
#ifndef GLIBC_HEAP_ARENA_H
#define GLIBC_HEAP_ARENA_H

#include "libc/glibc_heap_world.h"

/* `heap` is a multiple of GLIBC_HEAP_SPAN. */
int glibc_heap_is_arenas(const struct glibc_heap_world *world, uint64_t heap);

#endif
