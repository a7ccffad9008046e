#include "check/leak_scan.h"

#include "check/heap_graph.h"
#include "check/leak_scan_child.h"
#include "check/leak_scan_stacks.h"
#include "check/leak_scan_walk.h"
#include "check/libc_caches.h"
#include "check/memory_use.h"
#include "check/reach_cycle.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/copied_memory.h"
#include "os/lock_breaker.h"
#include "os/pages.h"
#include "os/sys.h"
#include "tables/block_order.h"
#include "tables/block_parts.h"
#include "tables/block_table.h"
#include "tables/stack_accounts.h"

#include <errno.h>
#include <linux/futex.h>
#include <string.h>
#include <sys/wait.h>

#define FREERES_LIMIT_NS                                                                           \
    2000000000ull /* freeing libc's caches takes microseconds, or it never ends */
#define SCAN_LIMIT_NS 600000000000ull /* a terabyte at a gigabyte a second would not make it */
#define NAP_MIN_NS    1000000ull
#define NAP_MAX_NS    10000000ull
#define NAP_SHARE     16u
#define LARGE_PAGE    (2u << 20)
#define SLACK_BLOCKS  4096u /* what freeing the caches may allocate */
#define SCRATCH_SHARE 16u   /* bytes for each block: of small ones reach wants no more */
static bool is_child;

bool leak_scan_is_child(void)
{
    return is_child;
}

/* Memory that is read and written all over, in large pages if the kernel has some. */
static void *map_large(size_t bytes)
{
    void *memory = pages_map(bytes);
    if (memory && bytes >= LARGE_PAGE)
        sys_madvise(memory, bytes, MADV_HUGEPAGE);
    return memory;
}

/* --- the blocks, sorted by address --------------------------------------- */

static void count_block(void *context, const struct trace_block *block)
{
    (void)block;
    ++*(size_t *)context;
}

/* As malloc has them. */
static void gather_blocks(struct scan *scan)
{
    size_t all = block_order_copy(scan->blocks, scan->capacity);
    scan->count = block_parts_leave_out_parts(scan->blocks, all);
    scan->divided = scan->count < all;
}

/* As the program has them: parts in place of their wholes. */
static void divide_blocks(struct scan *scan)
{
    if (!scan->divided)
        return;
    scan->count = block_order_copy(scan->blocks, scan->capacity);
    scan->count = block_parts_leave_out_wholes(scan->blocks, scan->count);
}

/* --- the check ----------------------------------------------------------- */

/* Pages that are taken back come again as zeros. */
static bool make_scratch_zero(struct scan *scan, size_t size)
{
    if (size <= scan->scratch_size &&
        sys_madvise(scan->scratch, scan->scratch_size, MADV_DONTNEED) == 0)
        return true;
    scan->scratch = map_large(size);
    scan->scratch_size = scan->scratch ? size : 0;
    return scan->scratch != NULL;
}

/* Nodes of stacks are numbered in the order in which they were seen. */
static uint32_t age_of(const struct trace_block *block)
{
    return stack_accounts_stack(trace_block_account(block->what));
}

/* 0, or -errno with the check's state left as it was. */
static int check(struct scan *scan, enum trace_scan how)
{
    struct reach_world world = leak_scan_world(scan);
    gather_blocks(scan);
    int error = program_memory_open(&scan->memory, is_child, scan->pagemap);
    if (error)
        return error;
    leak_scan_find_roots(scan);
    memory_use_sum(&trace_log_header->memory, &scan->memory.map, scan->blocks, scan->count,
                   leak_scan_size_of, &scan->here, scan->world);
    divide_blocks(scan);
    error = reach_plan(&scan->reach, &world, scan->blocks, scan->count, scan->options->heuristics);
    if (error)
        return error;
    if (!make_scratch_zero(scan, scan->reach.scratch_size))
        return -ENOMEM;
    reach_begin(&scan->reach, scan->scratch);
    leak_scan_walk(scan);
    reach_finish(&scan->reach);
    reach_cycle_choose(&scan->reach, age_of);
    scan->result->check->mapping_bytes_not_read = scan->reach.bytes_not_read;
    scan->result->check->verdicts = scan->reach.n;
    scan->result->write(scan->result->context, &scan->reach, scan->result->check);
    if (scan->options->stale)
        leak_scan_find_stale(scan);
    if (scan->options->heap_graph)
        leak_scan_tell_graph(scan);
    program_memory_close(&scan->memory);
    /* Release: who sees the check done finds the verdicts. */
    __atomic_store_n(&scan->result->check->scan, how, __ATOMIC_RELEASE);
    return 0;
}

/* --- the child ----------------------------------------------------------- */

/* Not what the program goes on with: the environment, say, which may be all that points to a block.
 */
static void free_caches(const struct scan *scan)
{
    if (scan->options->goes_on)
        return;
    lock_breaker_begin();
    libc_caches_free(scan->options->run_libc_freeres, scan->options->run_cxx_freeres,
                     !scan->options->other_allocator);
    lock_breaker_end();
}

static _Noreturn void be_child(struct scan *scan)
{
    uint32_t *state = &scan->result->check->scan;
    is_child = true;
    leak_scan_child_begin(scan->pagemap, false);
    leak_scan_wipe_dead_frames(&scan->here);
    free_caches(scan);
    __atomic_store_n(state, TRACE_SCAN_RUNNING, __ATOMIC_RELEASE);
    int error = check(scan, TRACE_SCAN_DONE);
    sys_futex(state, FUTEX_WAKE, INT32_MAX, NULL);
    sys_exit_group(error ? 1 : 0);
}

/* Until the child wakes it, or for a small part of what has passed: so a child that died is not
 * waited for long, nor a long check asked about often. */
static void nap(uint32_t *state, uint64_t waited, uint32_t seen)
{
    uint64_t part = waited / NAP_SHARE;
    struct timespec limit = {0, (long)(part < NAP_MIN_NS   ? NAP_MIN_NS
                                       : part > NAP_MAX_NS ? NAP_MAX_NS
                                                           : part)};
    long error = sys_futex(state, FUTEX_WAIT, seen, &limit);
    if (error == -EPERM || error == -ENOSYS)
        sys_nanosleep(&limit);
}

/* Waits for the child; kills it when it takes too long. Once it is done it is as good as gone. */
static void wait_for(int child, uint32_t *state)
{
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC), waited = 0;
    for (int status;;) {
        uint32_t seen = __atomic_load_n(state, __ATOMIC_ACQUIRE);
        int options = seen == TRACE_SCAN_DONE ? __WALL : WNOHANG | __WALL;
        if (sys_wait(child, &status, options) != 0)
            return;
        if (waited > (seen == TRACE_SCAN_NONE ? FREERES_LIMIT_NS : SCAN_LIMIT_NS))
            sys_kill(child, SIGKILL);
        nap(state, waited, seen);
        waited = sys_nanoseconds(CLOCK_MONOTONIC) - begun;
    }
}

static bool check_in_child(struct scan *scan)
{
    uint32_t *state = &scan->result->check->scan;
    /* Which memory a fork copies is the program's to say, as long as it may fork. */
    if (!scan->options->goes_on)
        copied_memory_prepare();
    /* No exit signal: the program's own wait() and SIGCHLD handler know nothing of this child. */
    long child = sys_fork(0);
    if (child == 0)
        be_child(scan);
    if (sys_is_error(child))
        return false;
    wait_for((int)child, state);
    return __atomic_load_n(state, __ATOMIC_ACQUIRE) == TRACE_SCAN_DONE;
}

/* --- all of it ----------------------------------------------------------- */

enum trace_obstacle leak_scan_obstacle(int error)
{
    switch (-error) {
    case 0:
        return TRACE_OBSTACLE_NONE;
    case ENOMEM:
        return TRACE_OBSTACLE_MEMORY;
    case ENOENT:
    case ENOTDIR:
        return TRACE_OBSTACLE_PROC;
    case EMFILE:
    case ENFILE:
        return TRACE_OBSTACLE_DESCRIPTORS;
    case EPERM:
    case EACCES:
    case ENOSYS:
        return TRACE_OBSTACLE_FORBIDDEN;
    default:
        return TRACE_OBSTACLE_OTHER;
    }
}

/* Kept from check to check: pages are never given back. */
static bool make_room(struct scan *scan, size_t live)
{
    size_t wanted = live + SLACK_BLOCKS;
    if (wanted <= scan->capacity && scan->scratch)
        return true;
    if (scan->options->goes_on && wanted < 2 * scan->capacity)
        wanted = 2 * scan->capacity;
    struct trace_block *blocks = map_large(wanted * sizeof *blocks);
    void *scratch = map_large(wanted * SCRATCH_SHARE);
    if (!blocks || !scratch)
        return false;
    scan->blocks = blocks;
    scan->scratch = scratch;
    scan->scratch_size = wanted * SCRATCH_SHARE;
    scan->capacity = wanted;
    return true;
}

/* Everything that the check writes to is mapped before the child is made. */
static enum trace_obstacle prepare(struct scan *scan, size_t live)
{
    leak_scan_find_modules(scan);
    if (!make_room(scan, live))
        return TRACE_OBSTACLE_MEMORY;
    if (!scan->result->begin(scan->result->context, scan->capacity))
        return TRACE_OBSTACLE_LOG;
    if (scan->options->stale)
        scan->options->stale->begin();
    if (scan->options->heap_graph)
        heap_graph_begin(&scan->here, scan->world);
    return TRACE_OBSTACLE_NONE;
}

/* What the child could not do is tried here. */
static enum trace_obstacle check_anyhow(struct scan *scan)
{
    int error = 0;
    scan->pagemap = page_use_open_forker();
    if (!check_in_child(scan) && !trace_log_loss_is_there()) {
        error = check(scan, TRACE_SCAN_IN_PLACE);
        if (error)
            scan->result->check->scan = TRACE_SCAN_NONE;
        else
            trace_log_lose(&trace_log_header->losses.fork_failed, 1);
    }
    if (scan->pagemap >= 0)
        sys_close(scan->pagemap);
    return leak_scan_obstacle(error);
}

/* The pages that a check in place has filled: the program may need them. */
static void give_back(struct scan *scan)
{
    if (scan->blocks)
        sys_madvise(scan->blocks, scan->capacity * sizeof *scan->blocks, MADV_DONTNEED);
    if (scan->scratch)
        sys_madvise(scan->scratch, scan->scratch_size, MADV_DONTNEED);
}

/* A thread that was stopped between the table and its count makes a difference of one. */
static size_t count_live(const struct stopped_world *world)
{
    size_t live = thread_live_blocks();
    if (live > world->count + 1)
        return live;
    live = 0;
    block_table_for_each(count_block, &live);
    return live;
}

static struct scan latest; /* kept from check to check */

static size_t set_out(const struct leak_scan_options *options,
                      const struct leak_scan_result *result, const struct stopped_thread *here,
                      const struct stopped_world *world)
{
    latest.options = options;
    latest.result = result;
    latest.here = *here;
    latest.world = world;
    result->check->threads_not_stopped = world->silent;
    result->check->threads = (uint32_t)world->count + 1;
    return count_live(world);
}

void leak_scan_run(const struct leak_scan_options *options, const struct leak_scan_result *result,
                   const struct stopped_thread *here, const struct stopped_world *world)
{
    struct trace_check *made = result->check;
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    size_t live = set_out(options, result, here, world);
    latest.here.tid = (uint32_t)sys_gettid();
    made->obstacle = live ? prepare(&latest, live) : TRACE_OBSTACLE_NONE;
    if (live == 0)
        made->scan = TRACE_SCAN_DONE;
    else if (made->obstacle == TRACE_OBSTACLE_NONE)
        made->obstacle = check_anyhow(&latest);
    if (options->heap_graph)
        heap_graph_end();
    if (options->goes_on)
        give_back(&latest);
    made->duration_ns = sys_nanoseconds(CLOCK_MONOTONIC) - begun;
}

void leak_scan_run_as_child(const struct leak_scan_options *options,
                            const struct leak_scan_result *result,
                            const struct stopped_thread *here, const struct stopped_world *world,
                            int pagemap)
{
    struct trace_check *made = result->check;
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    int error = 0;
    is_child = true;
    size_t live = set_out(options, result, here, world);
    latest.pagemap = pagemap;
    if (live == 0)
        made->scan = TRACE_SCAN_DONE;
    else if ((made->obstacle = prepare(&latest, live)) == TRACE_OBSTACLE_NONE)
        error = check(&latest, TRACE_SCAN_DONE);
    if (error) {
        made->scan = TRACE_SCAN_NONE;
        made->obstacle = leak_scan_obstacle(error);
    }
    made->duration_ns = sys_nanoseconds(CLOCK_MONOTONIC) - begun;
}
