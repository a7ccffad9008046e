#include "check/leak_scan_stacks.h"

#include "check/last_frames.h"
#include "check/thread_stacks.h"
#include "log/trace_log.h"
#include "os/own_stack.h"
#include "os/pages.h"
#include "os/swap.h"
#include "os/sys.h"

#include <string.h>

#define DEAD_FIRST  1024u
#define FRAMES_SIZE 65536u /* more than libc's and the tracer's have */

static uint64_t first_thread; /* its thread pointer */

struct search {
    struct program_memory *memory;
    struct thread_stacks_world world;
    struct thread_stacks_alive alive;
};

/* Kept from check to check: pages are never given back. */
static struct roots_range *dead;
static size_t dead_count, dead_capacity;

void leak_scan_begin(void)
{
    first_thread = sys_thread_pointer();
}

/* --- the memory as thread_stacks sees it --------------------------------- */

static size_t read_memory(void *context, uint64_t address, void *buffer, size_t length)
{
    return program_memory_read(((struct search *)context)->memory, address, buffer, length);
}

static const void *read_in_place(void *context, uint64_t address, size_t length)
{
    return program_memory_in_place(((struct search *)context)->memory, address, length);
}

static uint64_t skip_unused(void *context, uint64_t begin, uint64_t end)
{
    return program_memory_skip_unused(((struct search *)context)->memory, begin, end);
}

/* --- the living ---------------------------------------------------------- */

static void find_stack(const struct search *search, struct stopped_thread *thread)
{
    struct thread_stack stack;
    if (thread->held && thread_stacks_find(&search->world, thread->thread_pointer, &stack))
        thread->stack_begin = stack.begin;
}

/* --- the dead ------------------------------------------------------------ */

static bool grow(void)
{
    size_t capacity = dead_capacity ? 2 * dead_capacity : DEAD_FIRST;
    struct roots_range *ranges = pages_map(capacity * sizeof *ranges);
    if (!ranges)
        return false;
    for (size_t i = 0; i < dead_count; i++)
        ranges[i] = dead[i];
    dead = ranges;
    dead_capacity = capacity;
    return true;
}

/* Put aside: while roots are gone through none may be excluded. */
static void put_dead(void *context, uint64_t begin, uint64_t end)
{
    (void)context;
    if (dead_count < dead_capacity || grow())
        dead[dead_count++] = (struct roots_range){begin, end};
}

/* --- the first thread has ended, and others go on ------------------------- */

static bool is_first(const struct stopped_thread *thread)
{
    return thread->tid == trace_log_header->pid;
}

static bool first_is_gone(const struct stopped_thread *here, const struct stopped_world *world)
{
    bool found = is_first(here);
    for (size_t i = 0; i < world->count && !found; i++)
        found = is_first(&world->threads[i]);
    return !found;
}

/* Where the kernel began the stack: below what it put there, which is in use until the end. */
static uint64_t start_of_stack(void)
{
    static char text[1024];
    uint64_t start = 0;
    if (sys_read_file("/proc/self/stat", text, sizeof text) <= 0)
        return 0;
    /* The name, the second field, may have anything in it; the start is field 28. */
    const char *at = strrchr(text, ')');
    for (int field = 2; at && field < 28; field++)
        at = strchr(at + 1, ' ');
    for (at = at ? at + 1 : ""; *at >= '0' && *at <= '9'; at++)
        start = 10 * start + (uint64_t)(*at - '0');
    return start;
}

static void exclude_first_stack(struct roots *roots, const struct memory_map *map)
{
    uint64_t start = start_of_stack();
    const struct mapping *stack = memory_map_find(map, start);
    if (stack && stack->flags & MAPPING_STACK)
        roots_exclude(roots, stack->begin, start);
}

/* --- stacks that are left ------------------------------------------------ */

static void look_for_dead(void *context, uint64_t begin, uint64_t end)
{
    struct search *search = context;
    const struct mapping *mapping = memory_map_find(search->world.map, begin);
    if (mapping_is_anonymous(mapping) && !(mapping->flags & (MAPPING_HEAP | MAPPING_STACK)))
        thread_stacks_find_dead(&search->world, &search->alive, begin, end, put_dead);
}

static void exclude_dead(struct roots *roots, struct search *search)
{
    dead_count = 0;
    roots_for_each(roots, look_for_dead, search);
    for (size_t i = 0; i < dead_count; i++)
        roots_exclude(roots, dead[i].begin, dead[i].end);
}

void leak_scan_exclude_stacks(struct roots *roots, struct program_memory *memory,
                              struct stopped_thread *here, const struct stopped_world *world)
{
    struct search search = {
        .memory = memory,
        .world = {&memory->map, &search, read_memory, read_in_place, skip_unused},
        .alive = {here, world->threads, world->count, first_thread, 0, false, 0}};
    last_frames_in_kernel(world->threads, world->count);
    find_stack(&search, here);
    for (size_t i = 0; i < world->count; i++)
        find_stack(&search, &world->threads[i]);
    roots_exclude_below_stacks(roots, here, world->threads, world->count);
    /* A thread that has not described itself could be any whose stack is found. And where there was
     * never a second one, there is nothing to look for in all of the program's memory. */
    if (world->silent || world->unlisted || swap_is_alone())
        return;
    exclude_dead(roots, &search);
    if (first_is_gone(here, world))
        exclude_first_stack(roots, &memory->map);
}

void leak_scan_wipe_dead_frames(const struct stopped_thread *here)
{
    uint64_t length = here->stack_pointer - here->dead_begin;
    if (own_stack_is_current() && length <= FRAMES_SIZE)
        memset((void *)(uintptr_t)here->dead_begin, 0, length);
}
