#include "life/lifecycle_end.h"

#include "check/heap_graph.h"
#include "check/last_frames.h"
#include "check/leak_result.h"
#include "check/leak_scan.h"
#include "events/bypass.h"
#include "events/heap_abort.h"
#include "events/observe.h"
#include "guard/changed.h"
#include "guard/guarded_malloc.h"
#include "guard/stale_pointers.h"
#include "life/fork_gate.h"
#include "log/generated_code.h"
#include "log/jitdump.h"
#include "life/invariants.h"
#include "life/lifecycle.h"
#include "life/lifecycle_check.h"
#include "life/open_files.h"
#include "life/summary.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/descriptor.h"
#include "os/own_stack.h"
#include "os/swap.h"
#include "os/sys.h"
#include "tables/module_list.h"
#include "tables/stack_accounts.h"
#include "tables/usage.h"

#include <linux/futex.h>
#include <stdatomic.h>
#include <stdlib.h>

static atomic_uint ender; /* the thread that closes the books */
static atomic_uint ended; /* it has done so */

bool lifecycle_is_ending(void)
{
    return atomic_load(&ender) != 0;
}

bool lifecycle_is_over(void)
{
    bool never_began = atomic_load(&ender) == 0 && !tracing_is_on();
    return atomic_load(&ended) || never_began || !lifecycle_is_own_process();
}

static void check_leaks(const struct stopped_thread *here, const struct stopped_world *world)
{
    static struct leak_result tables;
    struct leak_scan_options options = lifecycle_check_options(false);
    options.heap_graph = lifecycle_options()->heap_graph;
    options.stale = lifecycle_options()->stale_pointers ? &stale_pointers : NULL;
    options.stale_all = lifecycle_options()->stale_all;
    const struct leak_scan_result result = {&trace_log_header->check, &tables, leak_result_begin,
                                            leak_result_write};
    leak_scan_run(&options, &result, here, world);
}

static bool broken; /* the tables do not agree */

static void take_stock(const struct stopped_thread *here, const struct stopped_world *world)
{
    usage_end();
    trace_log_header->memory.resident = usage_resident();
    changed_look_at_all();
    guarded_malloc_end();
    tracing_set(false);
    if (lifecycle_options()->debug_invariants && !invariants_hold(world, here))
        broken = true;
    if (lifecycle_options()->leak_check)
        check_leaks(here, world);
    stack_accounts_sum(&trace_log_header->totals);
}

/* A thread that leaves while another one closes the books would take the process away from it. A
 * signal in the midst of that very work must not wait for itself. */
static void wait_for_end(void)
{
    if (atomic_load(&ender) == (unsigned)sys_gettid())
        return;
    while (!atomic_load(&ended))
        sys_futex(&ended, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, NULL);
}

static bool begin_end(void)
{
    unsigned nobody = 0;
    if (!lifecycle_is_ending() && !fork_gate_is_on())
        return false;
    /* Before it has begun, so that a signal that ends the process meanwhile makes an end, too; not
     * behind it, where the thread that makes a check may be held for good. */
    if (!lifecycle_is_ending())
        lifecycle_check_wait();
    if (atomic_compare_exchange_strong(&ender, &nobody, (unsigned)sys_gettid())) {
        lifecycle_check_forbid();
        return true;
    }
    wait_for_end();
    return false;
}

static void note_ending(enum trace_ending ending, int value, const struct ending_signal *signal)
{
    struct trace_header *header = trace_log_header;
    header->ending_value =
        ending == TRACE_SIGNALED ? value : value & 0xff; /* as the parent sees it */
    header->ending_stack = signal ? signal->stack : 0;
    if (signal)
        header->signal = signal->told;
    header->end_realtime_ns = sys_nanoseconds(CLOCK_REALTIME);
    /* Release: who sees the ending sees the totals. */
    __atomic_store_n(&header->ending, ending, __ATOMIC_RELEASE);
}

struct closing {
    enum trace_ending ending;
    int value;
    const struct ending_signal *signal;
    const struct stopped_thread *here;
};

/* A signal may have struck in malloc itself. */
static void explain(const struct closing *closing)
{
    observe_realloc_left();
    heap_abort_explain(closing->value, closing->signal->stack);
}

static void close_books(const struct closing *closing, const struct stopped_thread *here,
                        const struct stopped_world *world)
{
    if (trace_log_loss_is_there())
        return;
    if (closing->ending == TRACE_SIGNALED)
        explain(closing);
    take_stock(here, world);
    if (lifecycle_options()->track_fds)
        open_files_end();
    generated_code_end();
    jitdump_end();
    note_ending(closing->ending, closing->value, closing->signal);
    if (trace_log_loss_is_there())
        return;
    if (!lifecycle_options()->quiet)
        summary_print(lifecycle_options()->verbose);
    trace_log_end();
    if (broken)
        sys_exit_group(INVARIANTS_STATUS);
}

/* What is left to do in libc may wait for another thread; the kernel's part does not. */
static bool goes_on_in_libc(enum trace_ending ending)
{
    return ending == TRACE_RETURNED || ending == TRACE_QUICK_EXITED;
}

static bool hold_others(struct stopped_world *world)
{
    descriptor_raise_limit();
    int error = stop_world_hold(world, STOP_WORLD_LIMIT_DEFAULT);
    if (error && !swap_is_alone())
        trace_log_header->check.not_held = leak_scan_obstacle(error);
    return error == 0;
}

/* Takes the loader's lock, as exit itself does; whoever ends otherwise may hold it. */
static void look_for_bypass(enum trace_ending ending)
{
    if (goes_on_in_libc(ending) && bypass_is_there())
        trace_log_header->flags |= TRACE_FLAG_PAST_TRACER;
}

/* The other threads stand still while the books are closed, so that totals, blocks and leak kinds
 * are of one moment, and from then on: they would see that they were stopped, and what they do
 * would be in no book. */
static void end(void *context)
{
    static struct stopped_world world;
    const struct closing *closing = context;
    struct stopped_thread here = *closing->here;
    module_list_refresh(NULL);
    last_frames_leave(&here);
    look_for_bypass(closing->ending);
    if (lifecycle_options()->heap_graph && lifecycle_options()->leak_check)
        heap_graph_prepare(&here);
    bool held = hold_others(&world);
    close_books(closing, &here, &world);
    atomic_store(&ended, 1);
    sys_futex(&ended, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, INT32_MAX, NULL);
    descriptor_lower_limit();
    if (held)
        stop_world_keep(&world, goes_on_in_libc(closing->ending));
}

/* The thread that has closed the books dies of a signal that waited. */
static void end_otherwise(enum trace_ending ending, int value, const struct ending_signal *signal)
{
    if (ending == TRACE_SIGNALED && atomic_load(&ended) &&
        atomic_load(&ender) == (unsigned)sys_gettid())
        note_ending(ending, value, signal);
}

void lifecycle_end(enum trace_ending ending, int value, const struct stopped_thread *here,
                   const struct ending_signal *signal)
{
    if (!lifecycle_is_own_process())
        return;
    struct closing closing = {ending, value, signal, here};
    /* The signals of this thread wait: one that ends the process must not leave a log without an
     * end. */
    if (begin_end())
        own_stack_run(OWN_STACK_ENDING, end, &closing);
    else
        end_otherwise(ending, value, signal);
}
