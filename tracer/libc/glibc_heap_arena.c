#include "libc/glibc_heap_arena.h"

#include "libc/glibc_layout.h"
#include "os/sys.h"

static bool read_exactly(const struct glibc_heap_world *world, uint64_t address, void *words,
                         size_t length)
{
    return world->read(world->context, address, words, length) == length;
}

static bool sizes_are_plausible(const struct glibc_heap_info *info)
{
    return info->size && info->size % SYS_PAGE == 0 && info->accessible % SYS_PAGE == 0 &&
           info->size <= info->accessible && info->accessible <= GLIBC_HEAP_SPAN;
}

/* An arena's struct follows the heap_info of its first heap, of 32 or (since 2.35) 48 bytes; the
 * further heaps name it and the heap before them. */
static bool arena_is_plausible(const struct glibc_heap_world *world, uint64_t heap,
                               const struct glibc_heap_info *info)
{
    uint64_t first = info->arena & ~(GLIBC_HEAP_SPAN - 1), arena;
    uint64_t offset = info->arena - first;
    if (offset != 32 && offset != 48)
        return false;
    if (first == heap)
        return info->previous == 0;
    return info->previous && info->previous % GLIBC_HEAP_SPAN == 0 && info->previous != heap &&
           read_exactly(world, first, &arena, sizeof arena) && arena == info->arena;
}

/* All 64 MiB are anonymous, writable just as far as the heap_info says. */
static bool fills_its_span(const struct glibc_heap_world *world, uint64_t heap, uint64_t accessible)
{
    for (uint64_t at = heap; at < heap + GLIBC_HEAP_SPAN;) {
        const struct mapping *mapping = memory_map_find(world->map, at);
        if (!mapping || !mapping_is_anonymous(mapping) ||
            mapping_is_writable(mapping) != (at < heap + accessible))
            return false;
        if (at < heap + accessible && mapping->end > heap + accessible &&
            accessible < GLIBC_HEAP_SPAN)
            return false;
        at = mapping->end;
    }
    return true;
}

bool glibc_heap_is_arenas(const struct glibc_heap_world *world, uint64_t heap)
{
    struct glibc_heap_info info;
    return read_exactly(world, heap, &info, sizeof info) && sizes_are_plausible(&info) &&
           fills_its_span(world, heap, info.accessible) && arena_is_plausible(world, heap, &info);
}

/* --- the main arena's struct --------------------------------------------- */

#define BINMAP     16u /* behind the bins; then comes `next` */
#define BEHIND     40u /* next, next_free, attached_threads, system_mem and its max */
#define ARENAS_MAX 65536u

/* From the struct's begin to the end of the bins: mutex, flags, top, last_remainder and the bins;
 * before 2.43 fast bins too, and since 2.27 a word that tells whether there is anything in them. */
static const uint64_t known_sizes[] = {24 + 127 * 16, 112 + 127 * 16, 104 + 127 * 16};

/* Arenas are a ring, linked by `next`, which has the same place in each. */
static bool is_in_ring(const struct glibc_heap_world *world, uint64_t begin, uint64_t next)
{
    uint64_t at = begin;
    for (unsigned i = 0; i < ARENAS_MAX; i++) {
        if (!read_exactly(world, at + next, &at, sizeof at))
            return false;
        if (at == begin)
            return true;
    }
    return false;
}

bool glibc_heap_find_arena(const struct glibc_heap_world *world, uint64_t bins_end,
                           struct glibc_main_arena *arena)
{
    for (size_t i = 0; i < sizeof known_sizes / sizeof *known_sizes; i++)
        if (is_in_ring(world, bins_end - known_sizes[i], known_sizes[i] + BINMAP)) {
            *arena =
                (struct glibc_main_arena){bins_end - known_sizes[i], bins_end + BINMAP + BEHIND};
            return true;
        }
    return false;
}
