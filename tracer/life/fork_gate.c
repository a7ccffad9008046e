#include "life/fork_gate.h"

#include "capture/frame_cache.h"
#include "log/trace_log.h"
#include "os/swap.h"
#include "os/sys.h"
#include "os/task.h"
#include "tables/module_list.h"
#include "tables/thread.h"

#include <dirent.h>
#include <errno.h>

#define WAIT_LIMIT_NS   15000000000ull /* at the gate: longer than a child is waited for */
#define SETTLE_LIMIT_NS 2000000000ull
#define INSIDE_NS       1000000ull /* of processor time: nobody is inside the tracer for so long */
#define NAP_MIN_NS      20000ull
#define NAP_MAX_NS      1000000ull

static atomic_uint forker; /* the thread that closed the gate; 0: it is open */
static unsigned closing;   /* how often it was closed; of that thread, as what follows from it */

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

static bool is_at_length(struct thread *thread)
{
    return atomic_load_explicit(&thread->gate.at_length, memory_order_acquire);
}

/* What malloc and free themselves wait for. */
static bool is_for_memory(uint64_t call)
{
    return call == SYS_mmap || call == SYS_munmap || call == SYS_mremap || call == SYS_brk ||
           call == SYS_madvise || call == SYS_mprotect;
}

static bool is_ours(uint64_t instruction)
{
    static uint64_t begin, end;
    if (!end && !module_list_range((uintptr_t)is_ours, &begin, &end))
        return false;
    return instruction - begin < end - begin;
}

/* Not in a page fault, where a store to a table waits when another thread maps memory, and not in a
 * call of malloc's or of ours. But all that waits on a futex here waits at the gate, or for a check
 * that the forking thread keeps off; and who waits for a lock of malloc's is awake as soon as its
 * holder is at the gate. A wait with a limit that was interrupted goes on as restart_syscall. */
static bool sleeps_outside(unsigned tid)
{
    struct task_call call;
    switch (task_rest(tid, &call)) {
    case TASK_CALLS:
        return call.number == SYS_futex || call.number == SYS_restart_syscall ||
               (!is_for_memory(call.number) && !is_ours(call.instruction));
    case TASK_NOT_TOLD:
        return task_sleeps(tid);
    default:
        return false;
    }
}

/* Since it was seen first with the gate closed: it may be a new thread, or have an old one's
 * struct.
 */
static bool has_computed(struct thread_gate *gate, unsigned owner)
{
    uint64_t now = cpu_time(owner);
    if (gate->seen != closing || gate->owner != owner) {
        gate->seen = closing;
        gate->owner = owner;
        gate->cpu_ns = now;
    }
    return now - gate->cpu_ns > INSIDE_NS;
}

/* Outside the tracer is who waits at the gate, who sleeps elsewhere, and who has computed for
 * longer than any call here takes that does not say so. */
static bool is_outside(struct thread *thread)
{
    if (is_busy(thread) || is_at_length(thread))
        return false;
    if (atomic_load_explicit(&thread->gate.waits, memory_order_acquire))
        return true;
    unsigned owner = owner_of(thread);
    return has_computed(&thread->gate, owner) || sleeps_outside(owner);
}

static bool is_growing(void)
{
    return trace_log_is_growing() || frame_cache_is_busy();
}

/* --- threads without a struct -------------------------------------------- */

/* They have allocated nothing, and one may be at its first allocation. */
#define STRANGERS_MAX 32u
static struct {
    struct stranger {
        unsigned tid;
        uint64_t cpu_ns; /* when it was seen first */
    } all[STRANGERS_MAX];
    unsigned count;
} strangers; /* of the thread that closed the gate */

static bool has_struct(unsigned tid)
{
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        if (owner_of(thread) == tid)
            return true;
    return false;
}

static uint64_t first_cpu_time(unsigned tid, uint64_t now)
{
    for (unsigned i = 0; i < strangers.count; i++)
        if (strangers.all[i].tid == tid)
            return strangers.all[i].cpu_ns;
    if (strangers.count < STRANGERS_MAX)
        strangers.all[strangers.count++] = (struct stranger){tid, now};
    return now;
}

static bool is_stranger_inside(unsigned tid)
{
    if (!tid || tid == (unsigned)sys_gettid() || has_struct(tid))
        return false;
    uint64_t now = cpu_time(tid);
    return now && now - first_cpu_time(tid, now) <= INSIDE_NS && !sleeps_outside(tid);
}

static unsigned count_strangers_inside(void)
{
    static char entries[4096] __attribute__((aligned(8)));
    unsigned inside = 0;
    long directory = sys_open("/proc/self/task", O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);
    long length;
    if (directory < 0)
        return 0;
    while ((length = sys_getdents((int)directory, entries, sizeof entries)) > 0)
        for (long at = 0; at < length;) {
            const struct dirent64 *entry = (const struct dirent64 *)(entries + at);
            at += entry->d_reclen;
            inside += is_stranger_inside(task_parse_number(entry->d_name));
        }
    sys_close((int)directory);
    return inside;
}

static unsigned count_inside(void)
{
    unsigned inside = is_growing();
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        inside += is_other(thread) && !is_outside(thread);
    return swap_is_alone() ? inside : inside + count_strangers_inside();
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

/* Twice nobody, one time after the other: who was looked at first may have slept for a lock of
 * malloc's whose holder has come to the gate when it was looked at. */
static unsigned wait_for_others(void)
{
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    uint64_t nap = NAP_MIN_NS;
    unsigned inside;
    for (int quiet = 0; (inside = count_inside()) != 0 || ++quiet < 2;) {
        struct timespec pause = {0, (long)nap};
        if (!inside)
            continue;
        quiet = 0;
        if (sys_nanoseconds(CLOCK_MONOTONIC) - begun >= SETTLE_LIMIT_NS)
            break;
        sys_nanosleep(&pause);
        nap = nap < NAP_MAX_NS ? nap * 2 : nap;
    }
    return inside;
}

unsigned fork_gate_settle(void)
{
    strangers.count = 0;
    closing++;
    unsigned inside = swap_is_alone() ? 0 : wait_for_others();
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
        torn |= thread != thread_self && (is_busy(thread) || is_at_length(thread));
    return torn;
}

static void forget_others(struct thread_gate *gate)
{
    atomic_store_explicit(&gate->waits, false, memory_order_relaxed);
    atomic_store_explicit(&gate->at_length, false, memory_order_relaxed);
}

void fork_gate_forked(void)
{
    atomic_store(&forker, 0);
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        forget_others(&thread->gate);
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
