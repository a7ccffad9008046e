/* freed_chunks.h: chunks of glibc's that look as if they were in use, and are not: those that wait
 * in fast bins and in the threads' caches (tcache), and these caches themselves.
 *
 * A cache is a block of malloc's own. It is known by its shape, which has three forms: counts of
 * one or two bytes for 64 lists (until 2.29, until 2.41), or of two for 76; then as many pointers
 * to the first block of each list, of one size. Since 2.32 the links in a list are masked with
 * where they stand. */
#ifndef FREED_CHUNKS_H
#define FREED_CHUNKS_H

#include <stdbool.h>
#include "core/image.h"

struct freed_chunks {
    const struct image *image;
    uint64_t *chunks;
    size_t count, capacity;
};

/* Each chunk that is marked as in use: it may be a cache. is_first: of its arena, where the cache
 * of the thread lies that the arena was made for; it may be empty then. */
void freed_chunks_look_at(struct freed_chunks *freed, uint64_t chunk, uint64_t size, bool is_first);
/* An arena's struct of that many bytes: its fast bins. */
void freed_chunks_look_at_arena(struct freed_chunks *freed, uint64_t arena, uint64_t size);
/* Then, and before the next. */
void freed_chunks_sort(struct freed_chunks *freed);
bool freed_chunks_has(const struct freed_chunks *freed, uint64_t chunk);
void freed_chunks_end(struct freed_chunks *freed);

#endif
