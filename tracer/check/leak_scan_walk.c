#include "check/leak_scan_walk.h"

#include "capture/stepper.h"
#include "check/heap_graph.h"
#include "check/leak_scan_stacks.h"
#include "check/memory_use.h"
#include "check/root_regions.h"
#include "libc/bootstrap.h"
#include "libc/glibc_heap.h"
#include "libc/guard_area.h"
#include "log/trace_log.h"
#include "os/sys.h"
#include "os/vector_state.h"
#include "tables/block_rare.h"
#include "tables/kept_blocks.h"
#include "tables/module_list.h"
#include "tables/stack_accounts.h"
#include "tables/stack_table.h"

#include <link.h>

/* --- the world as reach and glibc_heap see it ---------------------------- */

static size_t read_for_heap(void *context, uint64_t address, void *buffer, size_t length)
{
    return program_memory_read(&((struct scan *)context)->memory, address, buffer, length);
}

static long read_for_reach(void *context, uint64_t address, void *buffer, size_t length)
{
    return (long)read_for_heap(context, address, buffer, length);
}

static const void *read_in_place(void *context, uint64_t address, size_t length)
{
    return program_memory_in_place(&((struct scan *)context)->memory, address, length);
}

static uint64_t next_used(void *context, uint64_t begin, uint64_t end, uint64_t *until)
{
    return program_memory_next_used(&((struct scan *)context)->memory, begin, end, until);
}

static uint64_t large_size(void *context, uint64_t address)
{
    (void)context;
    struct trace_block block = {address, TRACE_SIZE_ELSEWHERE};
    return block_rare_size(&block);
}

static unsigned file_at(void *context, uint64_t address)
{
    uint32_t file = program_memory_file_at(&((struct scan *)context)->memory, address);
    return (file & MAPPING_READABLE ? REACH_FILE_READABLE : 0u) |
           (file & MAPPING_EXECUTABLE ? REACH_FILE_EXECUTABLE : 0u);
}

struct reach_world leak_scan_world(struct scan *scan)
{
    return (struct reach_world){.context = scan,
                                .read = read_for_reach,
                                .in_place = read_in_place,
                                .next_used = next_used,
                                .large_size = large_size,
                                .file_at = file_at};
}

static void exclude(void *context, uint64_t begin, uint64_t end)
{
    roots_exclude(&((struct scan *)context)->roots, begin, end);
}

static void take_range(void *context, uint64_t begin, uint64_t end)
{
    exclude(context, begin, end);
    memory_use_add(begin, end);
}

uint64_t leak_scan_size_of(const struct trace_block *block)
{
    uint64_t size = trace_block_size(block->what);
    return size == TRACE_SIZE_ELSEWHERE ? block_rare_size(block) : size;
}

static void scan_range(void *context, uint64_t begin, uint64_t end)
{
    reach_scan_roots(&((struct scan *)context)->reach, begin, end);
}

/* The data of the tracer, but for what is used of the bootstrap region, which holds the loader's,
 * and of libunwind, which remembers stack addresses. The tracer's pages roots knows already. */
static void exclude_tracer(struct scan *scan)
{
    roots_exclude(&scan->roots, scan->tracer.begin, (uintptr_t)bootstrap_region);
    roots_exclude(&scan->roots, (uintptr_t)bootstrap_region + bootstrap_used(), scan->tracer.end);
    roots_exclude(&scan->roots, scan->libunwind.begin, scan->libunwind.end);
}

void leak_scan_find_modules(struct scan *scan)
{
    module_list_range((uintptr_t)leak_scan_walk, &scan->tracer.begin, &scan->tracer.end);
    module_list_range(stepper_address(), &scan->libunwind.begin, &scan->libunwind.end);
    module_list_range(_r_debug.r_ldbase, &scan->loader.begin, &scan->loader.end);
}

/* One that malloc gave pages of its own is in nobody's heap: the others lie where live blocks do.
 */
static void exclude_kept(void *context, const struct kept_block *block, const void *copy)
{
    (void)copy;
    if (block->size >= SYS_PAGE)
        exclude(context, block->address, block->address + block->size);
}

void leak_scan_find_roots(struct scan *scan)
{
    struct glibc_heap_world heap = {.map = &scan->memory.map,
                                    .blocks = scan->blocks,
                                    .count = scan->count,
                                    .apart_begin = guard_area_begin_at,
                                    .apart_end = guard_area_begin_at + guard_area_bytes,
                                    .other_allocator = scan->options->other_allocator,
                                    .context = scan,
                                    .read = read_for_heap,
                                    .in_place = read_in_place,
                                    .next_used = next_used,
                                    .found = take_range};
    memory_use_begin();
    roots_begin(&scan->roots, &scan->memory.map);
    exclude_tracer(scan);
    struct glibc_heap_counts counts = glibc_heap_find(&heap);
    if (!heap.other_allocator && counts.main_arenas_whole == 0)
        trace_log_header->flags |= TRACE_FLAG_MALLOC_UNKNOWN;
    kept_blocks_for_each(exclude_kept, scan);
    leak_scan_exclude_stacks(&scan->roots, &scan->memory, &scan->here, scan->world);
    scan->result->check->ranges_not_excluded = scan->roots.missed;
}

static void scan_registers(struct scan *scan, const struct stopped_thread *thread)
{
    if (scan->tells_graph)
        reach_tell_words(&scan->reach, thread->registers, STOP_WORLD_REGISTERS,
                         heap_graph_thread(thread, &scan->memory));
    else
        reach_scan_words(&scan->reach, thread->registers, STOP_WORLD_REGISTERS);
}

static void scan_thread(struct scan *scan, const struct stopped_thread *thread)
{
    if (!thread->held)
        return;
    scan_registers(scan, thread);
    vector_state_for_each(thread->vector_begin, thread->vector_end, scan_range, scan);
}

static void scan_threads(struct scan *scan)
{
    scan_thread(scan, &scan->here);
    for (size_t i = 0; i < scan->world->count; i++)
        scan_thread(scan, &scan->world->threads[i]);
}

/* Whether the dynamic linker called for the stack's block. */
static bool is_of_loader(const struct scan *scan, uint32_t stack)
{
    uint32_t caller = stack ? stack_table_parent(stack) : 0;
    if (caller <= TRACE_NODE_CUT)
        return false;
    uintptr_t address = stack_table_address(caller);
    return address > scan->loader.begin && address < scan->loader.end;
}

static void mark_in_use(struct scan *scan, size_t i, enum trace_use use)
{
    if (scan->tells_graph)
        heap_graph_in_use((uint32_t)i, use);
    else
        reach_mark_block(&scan->reach, trace_block_address(scan->blocks[i].where));
}

/* Blocks that the dynamic linker allocated are its own (DTVs, of which only an interior pointer
 * exists, for one): their caller is code of the linker. Of others the program has said that they
 * are no leaks. Neighbours often share an account. */
static void mark_blocks_in_use(struct scan *scan)
{
    uint32_t latest = 0;
    bool is_ignored = false, is_loaders = false;
    for (size_t i = 0; i < scan->count; i++) {
        uint32_t account = trace_block_account(scan->blocks[i].what);
        if (account != latest) {
            is_ignored = stack_accounts_is_ignored(latest = account);
            is_loaders = !is_ignored && is_of_loader(scan, stack_accounts_stack(account));
        }
        if (is_ignored || is_loaders)
            mark_in_use(scan, i, is_ignored ? TRACE_USED_IGNORED : TRACE_USED_BY_LOADER);
    }
}

static void tell_mapping(void *context, uint64_t begin, uint64_t end)
{
    struct scan *scan = context;
    heap_graph_mapping(memory_map_find(&scan->memory.map, begin), begin, end);
    scan_range(scan, begin, end);
}

static void tell_region(void *context, uint64_t begin, uint64_t end)
{
    heap_graph_region(begin, end);
    scan_range(context, begin, end);
}

void leak_scan_walk(struct scan *scan)
{
    scan_threads(scan);
    mark_blocks_in_use(scan);
    root_regions_for_each(scan_range, scan);
    roots_for_each(&scan->roots, scan_range, scan);
}

void leak_scan_tell_graph(struct scan *scan)
{
    if (!heap_graph_open(&scan->reach))
        return;
    scan->tells_graph = true;
    roots_for_each(&scan->roots, tell_mapping, scan);
    root_regions_for_each(tell_region, scan);
    scan_threads(scan);
    mark_blocks_in_use(scan);
    heap_graph_close(&scan->reach);
    scan->tells_graph = false;
}

static bool is_stack(const struct scan *scan, const struct mapping *mapping)
{
    bool found = mapping->flags & MAPPING_STACK || (scan->here.stack_pointer >= mapping->begin &&
                                                    scan->here.stack_pointer < mapping->end);
    for (size_t i = 0; i < scan->world->count; i++) {
        uint64_t at = scan->world->threads[i].stack_pointer;
        found |= at >= mapping->begin && at < mapping->end;
    }
    return found;
}

static void scan_for_stale(void *context, uint64_t begin, uint64_t end)
{
    struct scan *scan = context;
    const struct mapping *mapping = memory_map_find(&scan->memory.map, begin);
    if (mapping && (scan->options->stale_all || !is_stack(scan, mapping)))
        scan->options->stale->scan(begin, end);
}

void leak_scan_find_stale(struct scan *scan)
{
    if (!scan->options->stale->open(&scan->reach, &scan->memory, scan->options->stale_all))
        return;
    roots_for_each(&scan->roots, scan_for_stale, scan);
    scan->options->stale->scan_blocks();
}
