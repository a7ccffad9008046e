#include "life/fork_gate.h"

#include "capture/frame_cache.h"
#include "log/trace_log.h"
#include "os/sys.h"
#include "os/task.h"
#include "tables/thread.h"

#include <errno.h>

#define WAIT_LIMIT_NS   15000000000ull /* at the gate: longer than a child is waited for */
#define SETTLE_LIMIT_NS 2000000000ull
#define INSIDE_NS       1000000ull /* of processor time: nobody is inside the tracer for so long */
#define NAP_MIN_NS      20000ull
#define NAP_MAX_NS      1000000ull

static atomic_uint forker; /* the thread that closed the gate; 0: it is open */

/* --- the other threads --------------------------------------------------- */

/* The processor time of a thread of this process; 0 if it has ended. */
static uint64_t cpu_time(unsigned tid)
{
    const int per_thread_scheduled = 6;
    return sys_nanoseconds((clockid_t)(~tid << 3 | per_thread_scheduled));
}

static unsigned owner_of(struct thread *thread)
{
    return atomic_load_explicit(&thread->tid, memory_order_acquire);
}

static bool is_other(struct thread *thread)
{
    unsigned owner = owner_of(thread);
    return owner != (unsigned)sys_gettid() &&
           sys_tgkill((int)sys_getpid(), (int)owner, 0) != -ESRCH;
}

static bool is_busy(struct thread *thread)
{
    return *(volatile uintptr_t *)&thread->busy != 0;
}

/* Outside the tracer is who waits at the gate, who sleeps elsewhere, and who has computed for
 * longer than any call here takes. A thread that sleeps inside malloc waits for one that does not.
 */
static bool is_outside(struct thread *thread)
{
    if (is_busy(thread))
        return false;
    if (atomic_load_explicit(&thread->gate.waits, memory_order_acquire))
        return true;
    unsigned owner = owner_of(thread);
    return cpu_time(owner) - thread->gate.cpu_ns > INSIDE_NS || task_sleeps(owner);
}

static bool is_growing(void)
{
    return trace_log_is_growing() || frame_cache_is_busy();
}

static unsigned count_inside(void)
{
    unsigned inside = is_growing();
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        inside += is_other(thread) && !is_outside(thread);
    return inside;
}

/* --- closing and opening ------------------------------------------------- */

bool fork_gate_close(void)
{
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    unsigned nobody = 0;
    while (!atomic_compare_exchange_strong(&forker, &nobody, (unsigned)sys_gettid())) {
        if (sys_nanoseconds(CLOCK_MONOTONIC) - begun > WAIT_LIMIT_NS)
            return false;
        tracing_await(NAP_MAX_NS);
        sys_sched_yield();
        nobody = 0;
    }
    if (tracing_pause())
        return true;
    atomic_store(&forker, 0);
    return false;
}

/* In this order: who closes it next must find tracing on, or would take it for off. */
void fork_gate_open(void)
{
    tracing_resume();
    atomic_store(&forker, 0);
}

unsigned fork_gate_settle(void)
{
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    uint64_t nap = NAP_MIN_NS;
    unsigned inside;
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        thread->gate.cpu_ns = is_other(thread) ? cpu_time(owner_of(thread)) : 0;
    while ((inside = count_inside()) != 0 &&
           sys_nanoseconds(CLOCK_MONOTONIC) - begun < SETTLE_LIMIT_NS) {
        struct timespec pause = {0, (long)nap};
        sys_nanosleep(&pause);
        nap = nap < NAP_MAX_NS ? nap * 2 : nap;
    }
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        thread->gate.events = thread_events(thread);
    return inside;
}

unsigned fork_gate_changed(void)
{
    unsigned changed = 0;
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        changed += thread != thread_self && thread_events(thread) != thread->gate.events;
    return changed;
}

bool fork_gate_is_torn(void)
{
    bool torn = is_growing();
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        torn |= thread != thread_self && is_busy(thread);
    return torn;
}

void fork_gate_forked(void)
{
    atomic_store(&forker, 0);
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        atomic_store_explicit(&thread->gate.waits, false, memory_order_relaxed);
}

/* --- in the other threads ------------------------------------------------ */

bool fork_gate_pass(void)
{
    if (!tracing_is_paused())
        return tracing_is_on();
    /* The forking thread itself, in a handler of fork that another library registered earlier. */
    if (atomic_load(&forker) == (unsigned)sys_gettid())
        return true;
    struct thread *self = thread_self;
    if (self)
        atomic_store_explicit(&self->gate.waits, true, memory_order_release);
    tracing_await(WAIT_LIMIT_NS);
    if (self)
        atomic_store_explicit(&self->gate.waits, false, memory_order_release);
    return tracing_is_on() || tracing_is_paused();
}
