#include "core/core_judge.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "check/reach_cycle.h"
#include "check/roots.h"
#include "check/thread_stacks.h"
#include "libc/glibc_heap.h"
#include "os/vector_state.h"

/* Where the tracer's own pages lie, counted downwards from where it is mapped: os/pages. */
#define TRACERS_BEGIN (257ull << 30)
#define TRACERS_END   (128ull << 30)

struct core_case {
    const struct image *image;
    const struct core_blocks *blocks;
    struct roots roots;
    struct reach *reach;
    struct roots_range *dead;
    size_t dead_count, dead_capacity;
    struct thread_stacks_world stacks;
    struct thread_stacks_alive alive;
};

/* --- the world as the rules see it ---------------------------------------- */

static size_t judge_read(void *context, uint64_t address, void *buffer, size_t length)
{
    const struct image *image = ((struct core_case *)context)->image;

    return image->read(image->context, address, buffer, length);
}

static long judge_read_for_reach(void *context, uint64_t address, void *buffer, size_t length)
{
    return (long)judge_read(context, address, buffer, length);
}

static const void *judge_in_place(void *context, uint64_t address, size_t length)
{
    const struct image *image = ((struct core_case *)context)->image;

    return image->in_place(image->context, address, length);
}

/* Of private memory: the pages of what is shared are elsewhere. */
static uint64_t judge_next_used(void *context, uint64_t begin, uint64_t end, uint64_t *until)
{
    const struct image *image = ((struct core_case *)context)->image;
    const struct mapping *mapping = memory_map_find(&image->map, begin);

    *until = end;
    if (!image->next_used || !mapping || mapping->flags & (MAPPING_SHARED | MAPPING_FILE))
        return begin;
    if (mapping->end < end)
        *until = end = mapping->end;
    return image->next_used(image->context, begin, end, until);
}

static unsigned judge_file_at(void *context, uint64_t address)
{
    const struct image *image = ((struct core_case *)context)->image;
    const struct mapping *mapping = memory_map_find(&image->map, address);
    uint32_t flags = mapping && mapping->flags & MAPPING_FILE ? mapping->flags : 0;

    return (flags & MAPPING_READABLE ? REACH_FILE_READABLE : 0u) |
           (flags & MAPPING_EXECUTABLE ? REACH_FILE_EXECUTABLE : 0u);
}

static int judge_compare_rare(const void *left, const void *right)
{
    uint64_t a = trace_block_address(((const struct trace_rare *)left)->block.where);
    uint64_t b = trace_block_address(((const struct trace_rare *)right)->block.where);

    return (a > b) - (a < b);
}

static uint64_t judge_large_size(const struct core_blocks *blocks, uint64_t address)
{
    struct trace_rare key = {.block = {.where = address}};
    const struct trace_rare *found =
        blocks->large_count
            ? bsearch(&key, blocks->large, blocks->large_count, sizeof key, judge_compare_rare)
            : NULL;

    return found ? found->size : TRACE_SIZE_ELSEWHERE;
}

static uint64_t judge_large(void *context, uint64_t address)
{
    return judge_large_size(((struct core_case *)context)->blocks, address);
}

uint64_t core_blocks_size(const struct core_blocks *blocks, const struct trace_block *block)
{
    uint64_t size = trace_block_size(block->what);

    return size == TRACE_SIZE_ELSEWHERE
               ? judge_large_size(blocks, trace_block_address(block->where))
               : size;
}

/* --- parts and wholes ----------------------------------------------------- */

static bool judge_is(const struct trace_block *block, enum trace_part which)
{
    return trace_block_family(block->where) == TRACE_BY_REQUEST &&
           trace_block_alignment_log2(block->where) == which;
}

/* As malloc has them: a copy without parts. */
static struct trace_block *judge_wholes(const struct core_blocks *blocks, size_t *count)
{
    struct trace_block *wholes = memory_resized(NULL, blocks->count + 1, sizeof *wholes);

    *count = 0;
    for (size_t i = 0; i < blocks->count; i++)
        if (!judge_is(&blocks->blocks[i], TRACE_PART))
            wholes[(*count)++] = blocks->blocks[i];
    return wholes;
}

static bool judge_has_part(const struct core_blocks *blocks, size_t whole)
{
    uint64_t begin = trace_block_address(blocks->blocks[whole].where);
    uint64_t end = begin + core_blocks_size(blocks, &blocks->blocks[whole]);
    size_t i = whole;

    while (i > 0 && trace_block_address(blocks->blocks[i - 1].where) >= begin)
        i--;
    for (; i < blocks->count && trace_block_address(blocks->blocks[i].where) < end; i++)
        if (judge_is(&blocks->blocks[i], TRACE_PART))
            return true;
    return false;
}

/* As the program has them: parts in place of their wholes. Of two at one address in a log that was
 * written meanwhile the first stays. */
static void judge_divide(struct core_blocks *blocks)
{
    size_t kept = 0;
    bool *left_out = memory_zeroed(blocks->count + 1, sizeof *left_out);

    for (size_t i = 0; i < blocks->count; i++)
        left_out[i] = judge_is(&blocks->blocks[i], TRACE_WHOLE) && judge_has_part(blocks, i);
    for (size_t i = 0; i < blocks->count; i++) {
        struct trace_block block = blocks->blocks[i];

        if (!left_out[i] && (!kept || trace_block_address(blocks->blocks[kept - 1].where) <
                                          trace_block_address(block.where)))
            blocks->blocks[kept++] = block;
    }
    blocks->count = kept;
    free(left_out);
}

/* --- roots ---------------------------------------------------------------- */

static void judge_exclude(void *context, uint64_t begin, uint64_t end)
{
    roots_exclude(&((struct core_case *)context)->roots, begin, end);
}

/* The log, all other pages of the tracer's, and libunwind, which remembers stack addresses. */
static void judge_exclude_tracer(struct core_case *the)
{
    const struct image *image = the->image;
    uint64_t tracer = the->blocks->tracer;

    if (!tracer)
        return;
    roots_exclude(&the->roots, tracer - TRACERS_BEGIN, tracer - TRACERS_END);
    for (size_t i = 0; i < image->file_count; i++)
        if (strstr(image->files[i].path, "/libunwind.so"))
            roots_exclude(&the->roots, image->files[i].begin, image->files[i].end);
}

/* A call in the kernel needs neither a red zone nor vector registers. */
static void judge_forget_scratch(const struct image *image)
{
    for (size_t i = 0; i < image->thread_count; i++) {
        struct stopped_thread *thread = &image->threads[i];
        unsigned char before[2];

        if (image_read_exactly(image, thread->instruction - 2, before, 2) && before[0] == 0x0f &&
            before[1] == 0x05) {
            thread->red_zone = 0;
            thread->vector_end = thread->vector_begin;
        }
    }
}

static void judge_put_dead(void *context, uint64_t begin, uint64_t end)
{
    struct core_case *the = context;

    memory_reserve(the->dead, the->dead_count, the->dead_capacity);
    the->dead[the->dead_count++] = (struct roots_range){begin, end};
}

static void judge_look_for_dead(void *context, uint64_t begin, uint64_t end)
{
    struct core_case *the = context;
    const struct mapping *mapping = memory_map_find(&the->image->map, begin);

    if (mapping_is_anonymous(mapping) && !(mapping->flags & (MAPPING_HEAP | MAPPING_STACK)))
        thread_stacks_find_dead(&the->stacks, &the->alive, begin, end, judge_put_dead);
}

static uint64_t judge_first_thread(const struct image *image)
{
    for (size_t i = 0; i < image->thread_count; i++)
        if (image->threads[i].tid == image->pid)
            return image->threads[i].thread_pointer;
    return 0;
}

static void judge_exclude_stacks(struct core_case *the)
{
    const struct image *image = the->image;
    struct thread_stack stack;

    judge_forget_scratch(image);
    for (size_t i = 0; i < image->thread_count; i++)
        if (thread_stacks_find(&the->stacks, image->threads[i].thread_pointer, &stack))
            image->threads[i].stack_begin = stack.begin;
    roots_exclude_below_stacks(&the->roots, NULL, image->threads, image->thread_count);
    roots_for_each(&the->roots, judge_look_for_dead, the);
    for (size_t i = 0; i < the->dead_count; i++)
        roots_exclude(&the->roots, the->dead[i].begin, the->dead[i].end);
    free(the->dead);
}

static size_t judge_find_roots(struct core_case *the)
{
    size_t count;
    struct trace_block *wholes = judge_wholes(the->blocks, &count);
    struct glibc_heap_world heap = {.map = &the->image->map,
                                    .blocks = wholes,
                                    .count = count,
                                    .other_allocator = the->blocks->other_allocator,
                                    .context = the,
                                    .read = judge_read,
                                    .in_place = judge_in_place,
                                    .next_used = judge_next_used,
                                    .found = judge_exclude};

    roots_begin_elsewhere(&the->roots, &the->image->map);
    judge_exclude_tracer(the);
    struct glibc_heap_counts counts = glibc_heap_find(&heap);
    judge_exclude_stacks(the);
    free(wholes);
    return counts.main_arenas_whole;
}

static void judge_scan(void *context, uint64_t begin, uint64_t end)
{
    reach_scan_roots(((struct core_case *)context)->reach, begin, end);
}

/* A thread's vector registers, which lie in our own memory. */
static void judge_scan_vectors(void *context, uint64_t begin, uint64_t end)
{
    enum { PART = 64 };
    uint64_t words[PART];

    for (uint64_t at = begin; at + sizeof *words <= end;) {
        size_t count = (end - at) / sizeof *words < PART ? (end - at) / sizeof *words : PART;

        memcpy(words, (const void *)(uintptr_t)at, count * sizeof *words);
        reach_scan_words(((struct core_case *)context)->reach, words, count);
        at += count * sizeof *words;
    }
}

static void judge_scan_threads(struct core_case *the)
{
    for (size_t i = 0; i < the->image->thread_count; i++) {
        const struct stopped_thread *thread = &the->image->threads[i];

        reach_scan_words(the->reach, thread->registers, STOP_WORLD_REGISTERS);
        vector_state_for_each(thread->vector_begin, thread->vector_end, judge_scan_vectors, the);
    }
}

static void judge_mark_in_use(const struct core_case *the)
{
    const struct core_blocks *blocks = the->blocks;

    for (size_t i = 0; blocks->in_use && i < blocks->count; i++)
        if (blocks->in_use(blocks->context, &blocks->blocks[i]))
            reach_mark_block(the->reach, trace_block_address(blocks->blocks[i].where));
}

/* --- all of it ------------------------------------------------------------ */

static const struct core_blocks *judge_current; /* reach_cycle_choose passes on no context */

static uint32_t judge_age(const struct trace_block *block)
{
    return judge_current->age(judge_current->context, block);
}

int core_judge(struct core_judged *judged, const struct image *image, struct core_blocks *blocks,
               unsigned heuristics, struct failure *failure)
{
    struct core_case the = {.image = image, .blocks = blocks, .reach = &judged->reach};
    struct reach_world world = {.context = &the,
                                .read = judge_read_for_reach,
                                .in_place = judge_in_place,
                                .next_used = judge_next_used,
                                .large_size = judge_large,
                                .file_at = judge_file_at};

    the.stacks = (struct thread_stacks_world){&image->map, &the, judge_read, judge_in_place, NULL};
    the.alive = (struct thread_stacks_alive){
        .others = image->threads, .count = image->thread_count, .first = judge_first_thread(image)};
    judged->has_main_arena = judge_find_roots(&the) > 0;
    judge_divide(blocks);
    if (reach_plan(&judged->reach, &world, blocks->blocks, blocks->count, heuristics) != 0)
        return failure_set(failure, "there are more blocks than can be judged");
    size_t size = judged->reach.scratch_size;
    judged->scratch = memory_zeroed(size / 8 + 1, 8);
    reach_begin(&judged->reach, judged->scratch);
    judge_scan_threads(&the);
    judge_mark_in_use(&the);
    roots_for_each(&the.roots, judge_scan, &the);
    reach_finish(&judged->reach);
    judge_current = blocks;
    if (blocks->age)
        reach_cycle_choose(&judged->reach, judge_age);
    return 0;
}

void core_judge_free(struct core_judged *judged)
{
    free(judged->scratch);
    *judged = (struct core_judged){0};
}
