#include "life/lifecycle_check.h"

#include "check/last_frames.h"
#include "check/leak_lost.h"
#include "guard/changed.h"
#include "libc/glibc_layout.h"
#include "libc/real.h"
#include "life/env.h"
#include "life/fork_gate.h"
#include "life/lifecycle.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/descriptor.h"
#include "os/own_stack.h"
#include "os/swap.h"
#include "os/sys.h"
#include "tables/module_list.h"

#include <errno.h>
#include <linux/futex.h>
#include <stdatomic.h>

#define LOOK_NS 100000000 /* whether the one who is waited for is there */

static atomic_uint checker; /* the thread that makes one */
static atomic_bool forbidden;

/* --- one at a time ------------------------------------------------------- */

static void let_others(void)
{
    atomic_store(&checker, 0);
    sys_futex(&checker, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT32_MAX, NULL);
}

static void wait_for(unsigned owner)
{
    const struct timespec limit = {0, LOOK_NS};
    sys_futex(&checker, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, owner, &limit);
    if (sys_tgkill((int)sys_getpid(), (int)owner, 0) == -ESRCH)
        atomic_compare_exchange_strong(&checker, &owner, 0);
}

/* For a thread that is no more nobody waits. */
void lifecycle_check_wait(void)
{
    unsigned owner;
    while ((owner = atomic_load(&checker)) != 0 && owner != (unsigned)sys_gettid())
        wait_for(owner);
}

void lifecycle_check_forbid(void)
{
    atomic_store(&forbidden, true);
    lifecycle_check_wait();
}

void lifecycle_check_forked(void)
{
    atomic_store(&checker, 0);
}

/* false: it is the thread's turn already. */
static bool await_turn(void)
{
    const unsigned self = (unsigned)sys_gettid();
    unsigned owner = 0;
    while (!atomic_compare_exchange_strong(&checker, &owner, self)) {
        if (owner == self)
            return false;
        lifecycle_check_wait();
        owner = 0;
    }
    return true;
}

void lifecycle_check_suspend(void)
{
    await_turn();
}

void lifecycle_check_resume(void)
{
    if (atomic_load(&checker) == (unsigned)sys_gettid())
        let_others();
}

/* Whoever ends the process forbids checks first and then waits for the one that is under way; here
 * it is the other way round, so that one of the two sees the other. */
static bool take_turn(void)
{
    if (!fork_gate_is_on() || !lifecycle_is_own_process() || !await_turn())
        return false;
    if (fork_gate_is_on() && !atomic_load(&forbidden))
        return true;
    let_others();
    return false;
}

/* Where nobody may wait: in a signal handler. */
bool lifecycle_check_try(void)
{
    unsigned owner = 0;
    if (!tracing_is_on() || !lifecycle_is_own_process() ||
        !atomic_compare_exchange_strong(&checker, &owner, (unsigned)sys_gettid()))
        return false;
    if (tracing_is_on() && !atomic_load(&forbidden))
        return true;
    let_others();
    return false;
}

bool lifecycle_check_keep_off(bool (*work)(const void *argument), const void *argument)
{
    if (!take_turn())
        return false;
    bool result = work(argument);
    let_others();
    return result;
}

/* --- the record ---------------------------------------------------------- */

/* The one in the log of the check that is about to be made. NULL: there is no room. */
static struct trace_check *make_record(void)
{
    static struct trace_check *checks;
    if (!checks)
        checks = trace_log_extend(TRACE_CHECKS, 0, TRACE_CHECKS_KEPT * sizeof *checks, 0);
    if (!checks)
        return NULL;
    struct trace_check *record = &checks[trace_log_header->checks % TRACE_CHECKS_KEPT];
    __atomic_store_n(&record->number, 0, __ATOMIC_RELEASE);
    return record;
}

/* Release: who sees the number sees the rest. */
static void commit(struct trace_check *record)
{
    __atomic_store_n(&record->number, (uint32_t)trace_log_header->checks + 1, __ATOMIC_RELEASE);
    __atomic_store_n(&trace_log_header->checks, trace_log_header->checks + 1, __ATOMIC_RELEASE);
}

/* --- the check ----------------------------------------------------------- */

static bool has_other_allocator(void)
{
    return real_provider("malloc") != real_provider("gnu_get_libc_version");
}

struct leak_scan_options lifecycle_check_options(bool goes_on)
{
    struct leak_scan_options options = {.heuristics = lifecycle_options()->heuristics,
                                        .run_libc_freeres = lifecycle_options()->run_libc_freeres,
                                        .run_cxx_freeres = lifecycle_options()->run_cxx_freeres,
                                        .other_allocator = !glibc_layout_is_known(),
                                        .goes_on = goes_on};
    if (has_other_allocator())
        trace_log_header->flags |= TRACE_FLAG_OTHER_ALLOCATOR;
    if (glibc_layout_is_doubtful())
        trace_log_header->flags |= TRACE_FLAG_MALLOC_UNKNOWN;
    return options;
}

struct asked {
    enum trace_reason reason;
    const struct stopped_thread *here;
    struct trace_check *answer;
};

static bool was_made(const struct trace_check *check)
{
    return check->scan == TRACE_SCAN_DONE || check->scan == TRACE_SCAN_IN_PLACE;
}

/* Once more if what was found did not fit. */
static void scan(struct trace_check *record, const struct trace_check *begun,
                 const struct stopped_thread *here, const struct stopped_world *world)
{
    const struct leak_scan_options options = lifecycle_check_options(true);
    const struct leak_scan_result result = {record, NULL, leak_lost_begin, leak_lost_write};
    do {
        *record = *begun;
        leak_scan_run(&options, &result, here, world);
    } while (was_made(record) && !leak_lost_keep(record));
}

/* On a stack of the tracer's, with all signals blocked. */
static void make_check(void *context)
{
    static struct stopped_world world;
    const struct asked *asked = context;
    struct stopped_thread here = *asked->here;
    struct trace_check begun = {.number = (uint32_t)trace_log_header->checks + 1,
                                .reason = asked->reason,
                                .time_ns = trace_log_now()};
    struct trace_check *record = make_record();
    if (!record) {
        asked->answer->obstacle = TRACE_OBSTACLE_LOG;
        return;
    }
    module_list_refresh(NULL);
    last_frames_leave(&here);
    descriptor_raise_limit();
    int error = stop_world_hold(&world, STOP_WORLD_LIMIT_DEFAULT);
    if (error && !swap_is_alone())
        begun.not_held = leak_scan_obstacle(error);
    changed_look_at_live();
    scan(record, &begun, &here, &world);
    commit(record);
    *asked->answer = *record;
    if (error == 0)
        stop_world_release(&world);
    descriptor_lower_limit();
}

bool lifecycle_check(enum trace_reason reason, const struct stopped_thread *here,
                     struct trace_check *check)
{
    struct asked asked = {reason, here, check};
    *check = (struct trace_check){.reason = reason};
    if (!take_turn())
        return false;
    if (!lifecycle_options()->leak_check)
        check->obstacle = trace_log_header->check.obstacle;
    else if (trace_log_loss_is_there())
        check->obstacle = TRACE_OBSTACLE_LOG;
    else
        own_stack_run(OWN_STACK_ENDING, make_check, &asked);
    let_others();
    return was_made(check);
}
