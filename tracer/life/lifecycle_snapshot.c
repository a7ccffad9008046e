#include "life/lifecycle_snapshot.h"

#include "life/ask_signal.h"
#include "check/leak_result.h"
#include "check/leak_scan.h"
#include "check/leak_scan_child.h"
#include "guard/changed.h"
#include "life/lifecycle.h"
#include "life/lifecycle_check.h"
#include "log/trace_log.h"
#include "log/trace_log_file.h"
#include "log/trace_log_piece.h"
#include "log/trace_log_snapshot.h"
#include "os/descriptor.h"
#include "os/message.h"
#include "os/own_stack.h"
#include "os/page_use.h"
#include "os/swap.h"
#include "os/sys.h"
#include "tables/block_region.h"
#include "tables/module_list.h"
#include "tables/stack_accounts.h"
#include "tables/usage.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/wait.h>

#define WITHOUT_MEMORY 2 /* exit status of a child that cannot even say so */
#define COPY_LIMIT_NS  2000000000ull
#define NAP_NS         2000000 /* whether the child is there still */

static atomic_int judge; /* the child that works on a copy; 0: none does */

/* What the child is made with. */
struct plan {
    uint32_t request;
    struct stopped_thread here;
    const struct stopped_world *world;
    uint64_t begun_ns;
    enum trace_obstacle not_held;
    int pagemap;
    uint64_t resident;
};

static struct trace_snapshot *shown(void)
{
    return &trace_log_header->snapshot;
}

static enum trace_snapshot_state state_of(const struct trace_snapshot *snapshot)
{
    return __atomic_load_n(&snapshot->state, __ATOMIC_ACQUIRE);
}

/* Release: who sees the state sees what goes with it. The word is in the file, which others map
 * elsewhere. */
static void change(struct trace_snapshot *snapshot, enum trace_snapshot_state state)
{
    __atomic_store_n(&snapshot->state, state, __ATOMIC_RELEASE);
    sys_futex(&snapshot->state, FUTEX_WAKE, INT32_MAX, NULL);
}

static void fail(struct trace_snapshot *snapshot, enum trace_snapshot_step step, long error)
{
    snapshot->step = step;
    snapshot->error = (int32_t)(error < 0 ? -error : error);
    change(snapshot, TRACE_SNAPSHOT_FAILED);
}

/* --- the child ----------------------------------------------------------- */

static _Noreturn void give_up(struct trace_snapshot *parents, enum trace_snapshot_step step,
                              long error)
{
    fail(parents, step, error);
    sys_exit_group(1);
}

/* The parent's header, when the tables are the child's own. */
static struct trace_snapshot *map_parents(void)
{
    int fd = trace_log_descriptor();
    struct trace_header *header =
        fd < 0 ? NULL : sys_mmap(NULL, sizeof *header, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    return header ? &header->snapshot : NULL;
}

static void judge_copy(const struct plan *plan)
{
    static struct leak_result tables;
    const struct leak_scan_options options = lifecycle_check_options(true);
    struct trace_check *check = &trace_log_header->check;
    const struct leak_scan_result result = {check, &tables, leak_result_begin, leak_result_write};
    check->reason = TRACE_CHECK_ASKED;
    check->time_ns = plan->begun_ns;
    check->not_held = plan->not_held;
    if (lifecycle_options()->leak_check)
        leak_scan_run_as_child(&options, &result, &plan->here, plan->world, plan->pagemap);
}

static void describe(uint32_t number, uint64_t resident)
{
    struct trace_header *header = trace_log_header;
    memset(header->magic, 0, sizeof header->magic);
    header->flags |= TRACE_FLAG_SNAPSHOT;
    header->file = (struct trace_file){0};
    header->end_realtime_ns = sys_nanoseconds(CLOCK_REALTIME);
    header->snapshot = (struct trace_snapshot){.number = number};
    module_list_refresh(NULL);
    usage_know_resident(resident);
    usage_end();
    header->memory.resident = resident;
    stack_accounts_sum(&header->totals);
}

/* The name as it came to be: what is behind the last slash. */
static void tell_name(struct trace_snapshot *parents, uint32_t number)
{
    const char *name = strrchr(trace_log_path(), '/') + 1;
    size_t length = strlen(name);
    if (length >= sizeof parents->name)
        length = 0;
    memcpy(parents->name, name, length);
    parents->name[length] = '\0';
    parents->number = number;
}

static void tell_leaks(struct trace_snapshot *parents)
{
    const struct trace_leaks *leaks = &trace_log_header->check.leaks;
    parents->lost_bytes = leaks->bytes[TRACE_DEFINITELY_LOST] + leaks->bytes[TRACE_INDIRECTLY_LOST];
    parents->lost_blocks =
        leaks->blocks[TRACE_DEFINITELY_LOST] + leaks->blocks[TRACE_INDIRECTLY_LOST];
}

/* All that the parent shares and changes. */
static bool freeze(void)
{
    if (!trace_log_snapshot_freeze())
        return false;
    size_t size = block_region_leaves_size();
    void *leaves = size ? trace_log_snapshot_blocks(size) : NULL;
    if (leaves)
        block_region_move_leaves(leaves);
    return leaves || !size;
}

static _Noreturn void be_child(const struct plan *plan)
{
    struct trace_snapshot *parents = map_parents();
    leak_scan_child_begin(plan->pagemap, true);
    if (!parents)
        sys_exit_group(WITHOUT_MEMORY);
    if (!freeze())
        give_up(parents, TRACE_SNAPSHOT_COPY, ENOMEM);
    uint32_t number = parents->number + 1;
    describe(number, plan->resident);
    change(parents, TRACE_SNAPSHOT_JUDGING);
    leak_scan_child_be_humble();
    long error = trace_log_snapshot_write(&number);
    if (error)
        give_up(parents, TRACE_SNAPSHOT_FILE, error);
    trace_log_header->snapshot.number = number;
    trace_log_header->file = trace_log_file_identity();
    judge_copy(plan);
    if (trace_log_header->check.obstacle == TRACE_OBSTACLE_LOG) {
        trace_log_snapshot_drop();
        give_up(parents, TRACE_SNAPSHOT_FILE, ENOSPC);
    }
    trace_log_end();
    lifecycle_publish_log();
    tell_name(parents, number);
    tell_leaks(parents);
    change(parents, TRACE_SNAPSHOT_DONE);
    sys_exit_group(0);
}

/* --- its end ------------------------------------------------------------- */

/* Whoever waited for the file would wait for ever. */
static void note_end(int status)
{
    struct trace_snapshot *snapshot = shown();
    if (state_of(snapshot) == TRACE_SNAPSHOT_DONE || state_of(snapshot) == TRACE_SNAPSHOT_FAILED)
        return;
    if (WIFEXITED(status) && WEXITSTATUS(status) == WITHOUT_MEMORY)
        fail(snapshot, TRACE_SNAPSHOT_COPY, ENOMEM);
    else
        fail(snapshot, TRACE_SNAPSHOT_CHILD, WIFSIGNALED(status) ? WTERMSIG(status) : 0);
}

/* On a stack of the tracer's: a line is 8 KiB. */
static void say_end(void *unused)
{
    const struct trace_snapshot *snapshot = shown();
    static char folder[TRACE_LOG_PATH_SIZE];
    const char *log = trace_log_path();
    size_t length = (size_t)(strrchr(log, '/') + 1 - log);
    (void)unused;
    memcpy(folder, log, length);
    folder[length] = '\0';
    if (state_of(snapshot) == TRACE_SNAPSHOT_DONE)
        message_line("libtrace: %u bytes in %u blocks are lost now. To see where they were "
                     "allocated: leakreport %s%s",
                     snapshot->lost_bytes, snapshot->lost_blocks, folder, snapshot->name);
    else
        message_line("libtrace: the check that a signal asked for could not be made: %s",
                     snapshot->error ? sys_error_text(-snapshot->error) : "its process was ended");
}

/* Whether there is none any longer. */
static bool reap(int options)
{
    int status, child = atomic_load(&judge);
    if (!child)
        return true;
    long ended = sys_wait(child, &status, options | __WALL);
    if (ended == 0 || ended == -EINTR)
        return false;
    if (!atomic_compare_exchange_strong(&judge, &child, 0))
        return true;
    if (ended > 0)
        note_end(status);
    if (ended > 0 && !shown()->request && !lifecycle_options()->quiet)
        own_stack_run(OWN_STACK_LEARNING, say_end, NULL);
    return true;
}

static void child_ended(void)
{
    if (lifecycle_is_own_process() && !trace_log_loss_is_there())
        reap(WNOHANG);
}

void lifecycle_snapshot_stop(void)
{
    int child = atomic_load(&judge);
    if (!child || !lifecycle_is_own_process())
        return;
    if (state_of(shown()) != TRACE_SNAPSHOT_DONE)
        fail(shown(), TRACE_SNAPSHOT_EXEC, 0);
    sys_kill(child, SIGKILL);
    while (!reap(0))
        ;
}

void lifecycle_snapshot_forked(void)
{
    atomic_store(&judge, 0);
}

/* --- the parent ---------------------------------------------------------- */

static void nap(const struct trace_snapshot *snapshot)
{
    const struct timespec limit = {0, NAP_NS};
    long error =
        sys_futex((void *)(uintptr_t)&snapshot->state, FUTEX_WAIT, TRACE_SNAPSHOT_COPYING, &limit);
    if (error == -EPERM || error == -ENOSYS)
        sys_sched_yield();
}

/* Until the child has its copy. One that is too slow is killed: the program waits. */
static void await_copy(struct trace_snapshot *snapshot)
{
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    while (state_of(snapshot) == TRACE_SNAPSHOT_COPYING && !reap(WNOHANG)) {
        if (sys_nanoseconds(CLOCK_MONOTONIC) - begun > COPY_LIMIT_NS) {
            sys_kill(atomic_load(&judge), SIGKILL);
            fail(snapshot, TRACE_SNAPSHOT_TIME, 0);
            return;
        }
        nap(snapshot);
    }
}

/* With the exit signal that asks: the program's wait() and its SIGCHLD know nothing of the child,
 * and its end is heard of. */
static void make_child(const struct plan *plan)
{
    struct trace_snapshot *snapshot = shown();
    long child = sys_fork(snapshot->signal);
    if (child == 0)
        be_child(plan);
    if (sys_is_error(child)) {
        fail(snapshot, TRACE_SNAPSHOT_FORK, child);
        return;
    }
    atomic_store(&judge, (int)child);
    await_copy(snapshot);
}

/* On a stack of the tracer's, with all signals blocked. */
static void make(void *context)
{
    static struct stopped_world world;
    struct plan *plan = context;
    plan->world = &world;
    plan->here.tid = (uint32_t)sys_gettid();
    descriptor_raise_limit();
    int error = stop_world_hold(&world, STOP_WORLD_LIMIT_DEFAULT);
    if (error && !swap_is_alone())
        plan->not_held = leak_scan_obstacle(error);
    plan->begun_ns = trace_log_now();
    plan->resident = usage_resident();
    plan->pagemap = page_use_open_forker();
    changed_look_at_live(); /* into both logs */
    make_child(plan);
    if (plan->pagemap >= 0)
        sys_close(plan->pagemap);
    if (error == 0)
        stop_world_release(&world);
    descriptor_lower_limit();
}

static void begin(struct plan *plan)
{
    struct trace_snapshot *snapshot = shown();
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    snapshot->request = plan->request;
    snapshot->name[0] = '\0';
    change(snapshot, TRACE_SNAPSHOT_COPYING);
    if (!trace_log_is_whole() || trace_log_descriptor() < 0)
        fail(snapshot, TRACE_SNAPSHOT_LOG, 0);
    else
        own_stack_run(OWN_STACK_ENDING, make, plan);
    snapshot->pause_ns = sys_nanoseconds(CLOCK_MONOTONIC) - begun;
}

/* Who finds another one at it asks again. */
static void asked(uint32_t request, const ucontext_t *context)
{
    if (!lifecycle_check_try())
        return;
    if ((!request || shown()->request != request) && !trace_log_loss_is_there() && reap(WNOHANG)) {
        struct plan plan = {.request = request};
        stop_world_describe(&plan.here, context);
        begin(&plan);
    }
    lifecycle_check_resume();
}

void lifecycle_snapshot_begin(int signal)
{
    static const struct ask_signal_listener listener = {asked, child_ended};
    trace_log_header->snapshot.signal = (uint32_t)ask_signal_begin(&listener, signal);
    stack_accounts_watch(ask_signal_renew);
}
