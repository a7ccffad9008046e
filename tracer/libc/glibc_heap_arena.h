/* glibc_heap_arena: malloc's arenas. Whether a heap of one of the others, those of threads, lies at
 * an address: told by shape alone, so that heaps without a live block are found, too. And where the
 * main one's struct begins. */
#ifndef GLIBC_HEAP_ARENA_H
#define GLIBC_HEAP_ARENA_H

#include "libc/glibc_heap_world.h"

/* `heap` is a multiple of GLIBC_HEAP_SPAN. */
bool glibc_heap_is_arenas(const struct glibc_heap_world *world, uint64_t heap);

struct glibc_main_arena {
    uint64_t begin, end;
};
/* The main arena whose bins end at `bins_end`; false, with nothing changed: it is not as in any
 * release that is known. */
bool glibc_heap_find_arena(const struct glibc_heap_world *world, uint64_t bins_end,
                           struct glibc_main_arena *arena);

#endif
