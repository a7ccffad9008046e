#include "core/core_heap.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "core/freed_chunks.h"
#include "libc/glibc_heap.h"
#include "libc/glibc_heap_arena.h"
#include "libc/glibc_layout.h"

struct heap_range {
    uint64_t begin, end;
};

struct walk {
    struct core_heap *heap;
    struct image *image;
    struct glibc_heap_world world;
    struct heap_range *ranges; /* what glibc_heap found */
    size_t count, capacity;
    struct heap_range main_arena; /* its struct */
    uint64_t chunks;              /* that were passed */
    uint64_t broken;              /* ways from chunk to chunk that led nowhere */
    struct freed_chunks freed;
    bool only_caches; /* first round: nothing is taken */
};

static size_t walk_read(void *context, uint64_t address, void *buffer, size_t length)
{
    const struct image *image = ((struct walk *)context)->image;

    return image->read(image->context, address, buffer, length);
}

static const void *walk_in_place(void *context, uint64_t address, size_t length)
{
    const struct image *image = ((struct walk *)context)->image;

    return image->in_place(image->context, address, length);
}

static uint64_t walk_word(const struct walk *walk, uint64_t address)
{
    uint64_t word;

    return image_read_exactly(walk->image, address, &word, sizeof word) ? word : 0;
}

/* --- where malloc's memory is ---------------------------------------------- */

static void walk_found(void *context, uint64_t begin, uint64_t end)
{
    struct walk *walk = context;
    const struct mapping *mapping = memory_map_find(&walk->image->map, begin);

    if (mapping && mapping->flags & MAPPING_FILE) {
        walk->main_arena = (struct heap_range){begin, end};
        return;
    }
    memory_reserve(walk->ranges, walk->count, walk->capacity);
    walk->ranges[walk->count++] = (struct heap_range){begin, end};
}

static struct glibc_heap_counts walk_find(struct walk *walk)
{
    walk->count = 0;
    return glibc_heap_find(&walk->world);
}

/* What stands in front of the bins points to chunks of this arena: its top, for one. */
static void walk_mark_heap(struct walk *walk)
{
    uint64_t bins = walk->main_arena.end - 56 - 127 * 16;

    for (uint64_t at = walk->main_arena.begin; at < bins; at += 8) {
        struct mapping *mapping =
            (struct mapping *)memory_map_find(&walk->image->map, walk_word(walk, at));

        if (mapping && mapping_is_anonymous(mapping) && mapping_is_writable(mapping))
            mapping->flags |= MAPPING_HEAP;
    }
}

/* --- chunks ---------------------------------------------------------------- */

static void walk_take(struct walk *walk, uint64_t chunk, uint64_t bytes)
{
    struct core_heap *heap = walk->heap;
    struct trace_block block = {chunk + GLIBC_CHUNK_HEADER,
                                bytes < TRACE_SIZE_ELSEWHERE ? bytes : TRACE_SIZE_ELSEWHERE};

    memory_reserve(heap->blocks, heap->count, heap->capacity);
    heap->blocks[heap->count++] = block;
    if (bytes < TRACE_SIZE_ELSEWHERE)
        return;
    memory_reserve(heap->large, heap->large_count, heap->large_capacity);
    heap->large[heap->large_count++] = (struct trace_rare){block, bytes};
}

/* A block that tells its own size, as sqlite's do, says what was asked for. */
static uint64_t walk_size(const struct walk *walk, uint64_t chunk, uint64_t room)
{
    uint64_t told = walk_word(walk, chunk + GLIBC_CHUNK_HEADER) + 8;

    return told <= room && room - told < 16 ? told : room;
}

static void walk_visit(struct walk *walk, uint64_t chunk, uint64_t size, bool in_use, bool is_first)
{
    walk->chunks++;
    if (walk->only_caches) {
        if (in_use)
            freed_chunks_look_at(&walk->freed, chunk, size, is_first);
        return;
    }
    if (in_use && !freed_chunks_has(&walk->freed, chunk))
        walk_take(walk, chunk, walk_size(walk, chunk, size - 8));
    else
        walk->heap->free_bytes += size;
}

/* From the first chunk to the top, or to the two of 16 bytes that close what foreign memory
 * follows.
 */
static void walk_chunks(struct walk *walk, uint64_t chunk, uint64_t end, uint64_t top)
{
    const uint64_t first = chunk;

    while (chunk + 2 * GLIBC_CHUNK_HEADER <= end && chunk != top) {
        uint64_t size = glibc_chunk_size(walk_word(walk, chunk + 8));

        if (size == GLIBC_FENCE)
            return;
        if (size < GLIBC_CHUNK_MIN || size % 16 || size > end - chunk) {
            walk->broken++;
            return;
        }
        bool is_last = chunk + size + GLIBC_CHUNK_HEADER > end;
        bool in_use = !is_last && walk_word(walk, chunk + size + 8) & GLIBC_PREV_INUSE;
        if (!is_last)
            walk_visit(walk, chunk, size, in_use, chunk == first);
        chunk += size;
    }
}

/* The first chunk lies where its block is aligned, behind the heap_info or the arena's struct. */
static void walk_heap(struct walk *walk, uint64_t begin)
{
    struct glibc_heap_info info;
    uint64_t of_arena = walk->main_arena.end - walk->main_arena.begin;

    if (!image_read_exactly(walk->image, begin, &info, sizeof info))
        return;
    uint64_t info_size = info.arena % GLIBC_HEAP_SPAN, top_at = of_arena - 56 - 127 * 16 - 16;
    uint64_t first = begin + info_size +
                     (info.arena / GLIBC_HEAP_SPAN == begin / GLIBC_HEAP_SPAN ? of_arena : 0);
    uint64_t top = walk_word(walk, info.arena + top_at);
    if (info.arena / GLIBC_HEAP_SPAN == begin / GLIBC_HEAP_SPAN) {
        walk->heap->arenas += walk->only_caches;
        if (walk->only_caches)
            freed_chunks_look_at_arena(&walk->freed, info.arena, of_arena);
    }
    walk_chunks(walk, (first + 15) & ~15ull, begin + info.size, top);
}

static void walk_range(struct walk *walk, const struct heap_range *range)
{
    uint64_t top_at = walk->main_arena.end - 56 - 127 * 16 - 16;

    if (range->begin % GLIBC_HEAP_SPAN == 0 && range->end - range->begin == GLIBC_HEAP_SPAN &&
        glibc_heap_is_arenas(&walk->world, range->begin))
        walk_heap(walk, range->begin);
    else
        walk_chunks(walk, range->begin, range->end, walk_word(walk, top_at));
}

/* --- mappings of their own ------------------------------------------------- */

static bool walk_is_in_range(const struct walk *walk, uint64_t address)
{
    for (size_t i = 0; i < walk->count; i++)
        if (address >= walk->ranges[i].begin && address < walk->ranges[i].end)
            return true;
    return false;
}

static bool walk_is_mapped(const struct walk *walk, const struct mapping *mapping, uint64_t page,
                           struct glibc_mapped_chunk *mapped)
{
    uint64_t words[2];

    return image_read_exactly(walk->image, page, words, sizeof words) && words[0] == 0 &&
           glibc_layout_mapped(page, words, mapped) && mapped->begin == page &&
           mapped->end <= mapping->end;
}

static void walk_mapping(struct walk *walk, const struct mapping *mapping)
{
    struct glibc_mapped_chunk mapped;

    for (uint64_t page = mapping->begin; page < mapping->end;) {
        if (walk_is_in_range(walk, page) || !walk_is_mapped(walk, mapping, page, &mapped)) {
            page += TRACE_PAGE_SIZE;
            continue;
        }
        walk->heap->mapped++;
        walk_take(walk, page, mapped.end - page - GLIBC_CHUNK_HEADER);
        page = mapped.end;
    }
}

/* Neither a thread's stack, in whose midst anything may look like one, nor what follows a module's
 * data. */
static bool walk_may_have_mapped(const struct walk *walk, size_t i)
{
    const struct memory_map *map = &walk->image->map;
    const struct mapping *mapping = &map->mappings[i];

    if (!mapping_is_anonymous(mapping) || !mapping_is_writable(mapping) ||
        mapping->flags & (MAPPING_HEAP | MAPPING_STACK))
        return false;
    for (size_t k = 0; k < walk->image->thread_count; k++) {
        uint64_t sp = walk->image->threads[k].stack_pointer;

        if (sp >= mapping->begin && sp < mapping->end)
            return false;
    }
    return !(i && map->mappings[i - 1].flags & MAPPING_FILE &&
             map->mappings[i - 1].end == mapping->begin);
}

/* --- all of it ------------------------------------------------------------- */

static int walk_compare(const void *left, const void *right)
{
    const struct trace_block *a = left, *b = right;

    return (a->where > b->where) - (a->where < b->where);
}

static void walk_round(struct walk *walk, bool only_caches)
{
    walk->only_caches = only_caches;
    if (only_caches)
        freed_chunks_look_at_arena(&walk->freed, walk->main_arena.begin,
                                   walk->main_arena.end - walk->main_arena.begin);
    for (size_t i = 0; i < walk->count; i++)
        walk_range(walk, &walk->ranges[i]);
}

static int walk_all(struct walk *walk, const char *name, struct failure *failure)
{
    struct core_heap *heap = walk->heap;

    if (walk_find(walk).main_arenas_whole != 1)
        return failure_set(
            failure,
            "%s: no heap of glibc is to be found in it: the program is static, or its "
            "malloc is another one; trace it with leakreport --run",
            name);
    walk_mark_heap(walk);
    walk_find(walk);
    heap->arenas = 1;
    walk_round(walk, true);
    freed_chunks_sort(&walk->freed);
    walk_round(walk, false);
    if (walk->broken)
        return failure_set(failure,
                           "%s: the heap does not hold together (%llu broken chains of chunks): a "
                           "size was overwritten, or a thread was at work in malloc",
                           name, (unsigned long long)walk->broken / 2 + walk->broken % 2);
    for (size_t i = 0; i < walk->image->map.count; i++)
        if (walk_may_have_mapped(walk, i))
            walk_mapping(walk, &walk->image->map.mappings[i]);
    if (heap->count)
        qsort(heap->blocks, heap->count, sizeof *heap->blocks, walk_compare);
    return 0;
}

int core_heap_read(struct core_heap *heap, struct image *image, const char *name,
                   struct failure *failure)
{
    struct walk walk = {.heap = heap, .image = image};

    *heap = (struct core_heap){0};
    walk.world = (struct glibc_heap_world){.map = &image->map,
                                           .context = &walk,
                                           .read = walk_read,
                                           .in_place = walk_in_place,
                                           .found = walk_found};
    walk.freed.image = image;
    int result = walk_all(&walk, name, failure);
    freed_chunks_end(&walk.freed);
    free(walk.ranges);
    return result;
}

void core_heap_free(struct core_heap *heap)
{
    free(heap->blocks);
    free(heap->large);
    *heap = (struct core_heap){0};
}
