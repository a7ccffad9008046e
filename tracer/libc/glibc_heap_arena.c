#include "libc/glibc_heap_arena.h"

#include "libc/glibc_layout.h"
#include "os/sys.h"

static int read_exactly(const struct glibc_heap_world *world, uint64_t address, void *words,
                        size_t length)
{
    return world->read(world->context, address, words, length) == length;
}

static int sizes_are_plausible(const struct glibc_heap_info *info)
{
    return info->size && info->size % SYS_PAGE == 0 && info->accessible % SYS_PAGE == 0 &&
           info->size <= info->accessible && info->accessible <= GLIBC_HEAP_SPAN;
}

/* An arena's struct follows the heap_info of its first heap, of 32 or (since 2.35) 48 bytes; the
 * further heaps name it and the heap before them. */
static int arena_is_plausible(const struct glibc_heap_world *world, uint64_t heap,
                              const struct glibc_heap_info *info)
{
    uint64_t first = info->arena & ~(GLIBC_HEAP_SPAN - 1), arena;
    uint64_t offset = info->arena - first;
    if (offset != 32 && offset != 48)
        return 0;
    if (first == heap)
        return info->previous == 0;
    return info->previous && info->previous % GLIBC_HEAP_SPAN == 0 && info->previous != heap &&
           read_exactly(world, first, &arena, sizeof arena) && arena == info->arena;
}

/* All 64 MiB are anonymous, writable just as far as the heap_info says. */
static int fills_its_span(const struct glibc_heap_world *world, uint64_t heap, uint64_t accessible)
{
    for (uint64_t at = heap; at < heap + GLIBC_HEAP_SPAN;) {
        const struct mapping *mapping = memory_map_find(world->map, at);
        if (!mapping || !mapping_is_anonymous(mapping) ||
            mapping_is_writable(mapping) != (at < heap + accessible))
            return 0;
        if (at < heap + accessible && mapping->end > heap + accessible &&
            accessible < GLIBC_HEAP_SPAN)
            return 0;
        at = mapping->end;
    }
    return 1;
}

int glibc_heap_is_arenas(const struct glibc_heap_world *world, uint64_t heap)
{
    struct glibc_heap_info info;
    return read_exactly(world, heap, &info, sizeof info) && sizes_are_plausible(&info) &&
           fills_its_span(world, heap, info.accessible) && arena_is_plausible(world, heap, &info);
}
