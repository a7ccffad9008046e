#include "check/memory_use.h"

#include "os/pages.h"
#include "os/sys.h"
#include "tables/mappings.h"

#include <stdbool.h>

#define RANGES_FIRST 4096u
#define CHUNK_HEADER 16u
#define CHUNK_MIN    32u
#define STACKS_MAX   4096u

struct range {
    uint64_t begin, end;
};

/* Kept from check to check: pages are never given back. */
static struct {
    struct range *ranges;
    size_t count, capacity;
    bool missed;
} of_malloc;

/* --- malloc's ranges ----------------------------------------------------- */

void memory_use_begin(void)
{
    of_malloc.count = 0;
    of_malloc.missed = false;
}

static bool grow(void)
{
    size_t capacity = of_malloc.capacity ? 2 * of_malloc.capacity : RANGES_FIRST;
    struct range *ranges = pages_map(capacity * sizeof *ranges);
    if (!ranges)
        return false;
    for (size_t i = 0; i < of_malloc.count; i++)
        ranges[i] = of_malloc.ranges[i];
    of_malloc.ranges = ranges;
    of_malloc.capacity = capacity;
    return true;
}

void memory_use_add(uint64_t begin, uint64_t end)
{
    if (of_malloc.count == of_malloc.capacity && !grow()) {
        of_malloc.missed = true;
        return;
    }
    of_malloc.ranges[of_malloc.count++] = (struct range){begin, end};
}

/* Shell's sort: there are few, and no memory for another. */
static void sort(struct range *ranges, size_t count)
{
    for (size_t gap = count / 2; gap > 0; gap /= 2)
        for (size_t i = gap; i < count; i++) {
            struct range range = ranges[i];
            size_t to = i;
            for (; to >= gap && ranges[to - gap].begin > range.begin; to -= gap)
                ranges[to] = ranges[to - gap];
            ranges[to] = range;
        }
}

static void merge(void)
{
    size_t kept = 0;
    sort(of_malloc.ranges, of_malloc.count);
    for (size_t i = 0; i < of_malloc.count; i++) {
        struct range range = of_malloc.ranges[i];
        struct range *last = kept ? &of_malloc.ranges[kept - 1] : NULL;
        if (last && range.begin <= last->end)
            last->end = range.end > last->end ? range.end : last->end;
        else
            of_malloc.ranges[kept++] = range;
    }
    of_malloc.count = kept;
}

/* --- what of them is in use ---------------------------------------------- */

struct sweep {
    struct trace_memory *used;
    const struct trace_block *blocks;
    size_t count, at; /* blocks before `at` end below what comes */
    uint64_t (*size_of)(const struct trace_block *block);
};

static uint64_t overlap(uint64_t begin, uint64_t end, uint64_t from, uint64_t to)
{
    uint64_t low = begin > from ? begin : from, high = end < to ? end : to;
    return high > low ? high - low : 0;
}

static uint64_t whole_pages(uint64_t begin, uint64_t end)
{
    uint64_t low = (begin + SYS_PAGE - 1) & ~(uint64_t)(SYS_PAGE - 1);
    uint64_t high = end & ~(uint64_t)(SYS_PAGE - 1);
    return high > low ? high - low : 0;
}

/* A chunk of malloc's: what stands before the block, and what is behind it up to the next. */
static struct range chunk_of(uint64_t address, uint64_t size)
{
    uint64_t bytes = (size + 8 + 15) & ~15ull;
    uint64_t begin = address - CHUNK_HEADER;
    return (struct range){begin, begin + (bytes < CHUNK_MIN ? CHUNK_MIN : bytes)};
}

/* Pages that are there. */
static void sweep_run(struct sweep *sweep, uint64_t from, uint64_t to)
{
    uint64_t free_from = from, taken = 0;
    for (size_t i = sweep->at; i < sweep->count; i++) {
        uint64_t address = trace_block_address(sweep->blocks[i].where);
        uint64_t size = sweep->size_of(&sweep->blocks[i]);
        struct range chunk = chunk_of(address, size);
        if (chunk.begin >= to)
            break;
        if (chunk.end <= from) {
            sweep->at = i + 1;
            continue;
        }
        sweep->used->in_blocks += overlap(address, address + size, from, to);
        taken += overlap(chunk.begin, chunk.end, from > free_from ? from : free_from, to);
        sweep->used->trimmable += whole_pages(free_from, chunk.begin);
        free_from = chunk.end > free_from ? chunk.end : free_from;
    }
    sweep->used->trimmable += whole_pages(free_from, to);
    sweep->used->free += to - from - taken;
    sweep->used->of_malloc += to - from;
}

/* What is mapped at all: pagemap says of the rest that it is not there. */
static void for_each_run(struct page_use *use, uint64_t begin, uint64_t end,
                         void (*visit)(void *context, uint64_t from, uint64_t to), void *context)
{
    while (begin < end) {
        uint64_t until;
        uint64_t from = page_use_next(use, PAGE_USE_PRIVATE, begin, end, &until);
        if (from >= end)
            return;
        visit(context, from, until);
        begin = until;
    }
}

static void visit_sweep(void *context, uint64_t from, uint64_t to)
{
    sweep_run(context, from, to);
}

static void add_bytes(void *context, uint64_t from, uint64_t to)
{
    *(uint64_t *)context += to - from;
}

/* --- the other mappings -------------------------------------------------- */

static const struct mapping *stack_of(const struct memory_map *map,
                                      const struct stopped_thread *thread)
{
    const struct mapping *mapping =
        thread->held ? memory_map_find(map, thread->stack_pointer) : NULL;
    return mapping && mapping_is_anonymous(mapping) && !(mapping->flags & MAPPING_HEAP) ? mapping
                                                                                        : NULL;
}

static bool is_stack(const struct mapping *mapping, const struct memory_map *map,
                     const struct stopped_thread *here, const struct stopped_world *world)
{
    bool found = mapping->flags & MAPPING_STACK || stack_of(map, here) == mapping;
    for (size_t i = 0; !found && i < world->count && i < STACKS_MAX; i++)
        found = stack_of(map, &world->threads[i]) == mapping;
    return found;
}

static bool is_tracers(const struct mapping *mapping)
{
    size_t count;
    const struct pages_range *ranges = pages_list(&count);
    for (size_t i = 0; i < count; i++)
        if (mapping->begin < ranges[i].end && ranges[i].begin < mapping->end)
            return true;
    return false;
}

/* The part of .data and .bss that has no file behind it follows the part that has. */
static bool is_data(const struct memory_map *map, size_t i)
{
    return i > 0 && map->mappings[i - 1].flags & MAPPING_FILE &&
           map->mappings[i - 1].end == map->mappings[i].begin;
}

/* What of [begin, end) is in none of malloc's ranges. */
static void count_outside(struct page_use *use, uint64_t begin, uint64_t end, uint64_t *bytes)
{
    for (size_t i = 0; i < of_malloc.count && begin < end; i++) {
        const struct range *range = &of_malloc.ranges[i];
        if (range->end <= begin || range->begin >= end)
            continue;
        if (range->begin > begin)
            for_each_run(use, begin, range->begin & ~(uint64_t)(SYS_PAGE - 1), add_bytes, bytes);
        begin = (range->end + SYS_PAGE - 1) & ~(uint64_t)(SYS_PAGE - 1);
    }
    if (begin < end)
        for_each_run(use, begin, end, add_bytes, bytes);
}

static void count_mapping(struct trace_memory *used, struct page_use *use,
                          const struct memory_map *map, size_t i, const struct stopped_thread *here,
                          const struct stopped_world *world)
{
    const struct mapping *mapping = &map->mappings[i];
    if (!mapping_is_anonymous(mapping) || !mapping_is_writable(mapping))
        return;
    if (is_tracers(mapping))
        count_outside(use, mapping->begin, mapping->end, &used->tracer);
    else if (is_stack(mapping, map, here, world))
        count_outside(use, mapping->begin, mapping->end, &used->stacks);
    else if (!is_data(map, i))
        count_outside(use, mapping->begin, mapping->end, &used->mapped);
}

/* A thread that maps is never held in the midst of it. */
static void count_of_program(void *context, struct trace_mapping *mapping)
{
    mapping->own_bytes = 0;
    for_each_run(context, mapping->begin, mapping->end, add_bytes, &mapping->own_bytes);
}

void memory_use_sum(struct trace_memory *used, const struct memory_map *map,
                    const struct trace_block *blocks, size_t count,
                    uint64_t (*size_of)(const struct trace_block *block),
                    const struct stopped_thread *here, const struct stopped_world *world)
{
    struct sweep sweep = {.used = used, .blocks = blocks, .count = count, .size_of = size_of};
    struct page_use use;
    *used = (struct trace_memory){.resident = used->resident, .threads = world->count + 1};
    merge();
    page_use_open(&use, -1);
    for (size_t i = 0; i < of_malloc.count; i++)
        for_each_run(&use, of_malloc.ranges[i].begin, of_malloc.ranges[i].end, visit_sweep, &sweep);
    for (size_t i = 0; i < map->count; i++)
        count_mapping(used, &use, map, i, here, world);
    mappings_for_each(count_of_program, &use);
    used->is_known = !of_malloc.missed && use.own >= 0;
    page_use_close(&use);
}
