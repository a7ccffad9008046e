#include "tables/thread.h"

#include "log/trace_log.h"
#include "os/pages.h"
#include "os/sys.h"

#include <errno.h>
#include <stdbool.h>

/* How many structs a new thread looks at for one whose owner is gone. */
#define CANDIDATES 16

_Thread_local struct thread *thread_self __attribute__((tls_model("initial-exec")));

static _Atomic(struct thread *) newest;
static _Atomic(struct thread *) cursor; /* where the next search goes on */

struct thread *thread_first(void)
{
    return atomic_load_explicit(&newest, memory_order_acquire);
}

static void own(struct thread *thread, unsigned tid)
{
    thread->busy = 0;
    thread->label = (struct thread_label){0};
    thread->deleting = NULL;
    thread->latest = NULL;
    thread->code_epoch = UINT32_MAX; /* what is remembered of stacks was another thread's */
    thread->apart.code_epoch = UINT32_MAX;
    thread->apart.depth = 0;
    thread->apart.is_in_use = false;
    thread->walk.frame_count = 0;
    thread->readable.low = thread->readable.high = 0;
    __atomic_store_n(&thread->record->tid, tid, __ATOMIC_RELEASE);
}

/* A struct whose owner the kernel does not know any longer, or that was owned by an earlier thread
 * of our own number. The compare-and-swap decides between two that want it. */
static bool take_over(struct thread *thread, unsigned pid, unsigned tid)
{
    unsigned owner = atomic_load_explicit(&thread->tid, memory_order_acquire);
    if (owner != tid && sys_tgkill((int)pid, (int)owner, 0) != -ESRCH)
        return false;
    return atomic_compare_exchange_strong_explicit(&thread->tid, &owner, tid, memory_order_acq_rel,
                                                   memory_order_relaxed);
}

static struct thread *find_abandoned(unsigned pid, unsigned tid)
{
    /* Acquire: another thread may have found the struct in the list, and not we. */
    struct thread *thread = atomic_load_explicit(&cursor, memory_order_acquire);
    for (int i = 0; i < CANDIDATES; i++) {
        if (!thread && !(thread = thread_first()))
            return NULL;
        if (take_over(thread, pid, tid)) {
            atomic_store_explicit(&cursor, thread->next, memory_order_release);
            return thread;
        }
        thread = thread->next;
    }
    atomic_store_explicit(&cursor, thread, memory_order_release);
    return NULL;
}

/* What could not be used: a thread without a struct asks for one at each event, and would take what
 * memory the program has left. */
static _Atomic(struct thread *) spare;

static void put_spare(struct thread *thread)
{
    thread->next = atomic_load_explicit(&spare, memory_order_relaxed);
    /* Release: who takes it finds the next one. */
    while (!atomic_compare_exchange_weak_explicit(&spare, &thread->next, thread,
                                                  memory_order_release, memory_order_relaxed))
        ;
}

/* All are taken at once, and those behind the first put back: so none is taken that another one
 * takes and puts back meanwhile. */
static struct thread *take_spare(void)
{
    struct thread *first = atomic_exchange_explicit(&spare, NULL, memory_order_acquire);
    for (struct thread *rest = first ? first->next : NULL, *next; rest; rest = next) {
        next = rest->next;
        put_spare(rest);
    }
    return first;
}

static struct thread *make(unsigned tid)
{
    uint64_t index, unknown;
    struct thread *thread = take_spare();
    if (!thread)
        thread = pages_map(sizeof *thread);
    if (!thread || !chunk_table_claim(&trace_log_threads, 1, true, &index) ||
        !chunk_table_claim(&trace_log_accounts, 1, true, &unknown)) {
        trace_log_lose(&trace_log_header->losses.threads, 1);
        if (thread)
            put_spare(thread);
        return NULL;
    }
    thread->record = chunk_table_at(&trace_log_threads, index);
    thread->record_index = (uint32_t)index;
    thread->account_unknown = (uint32_t)unknown;
    /* Commits the record: stack 0 is what it is for. */
    struct trace_account *account = chunk_table_at(&trace_log_accounts, unknown);
    __atomic_store_n(&account->thread, thread->record_index, __ATOMIC_RELEASE);
    atomic_store_explicit(&thread->tid, tid, memory_order_relaxed);
    thread->next = atomic_load_explicit(&newest, memory_order_relaxed);
    /* Release: who walks the list finds the struct filled. */
    while (!atomic_compare_exchange_weak_explicit(&newest, &thread->next, thread,
                                                  memory_order_release, memory_order_relaxed))
        ;
    return thread;
}

struct thread *thread_attach(void)
{
    static _Thread_local bool attaching __attribute__((tls_model("initial-exec")));
    unsigned pid = (unsigned)sys_getpid();
    unsigned tid = (unsigned)sys_gettid();
    /* A signal handler above this very function would wait for a table's growth below it. */
    if (attaching)
        return NULL;
    attaching = true;
    struct thread *thread = find_abandoned(pid, tid);
    if (!thread)
        thread = make(tid);
    if (thread)
        own(thread, tid);
    thread_self = thread;
    attaching = false;
    return thread;
}

uint64_t thread_live_blocks(void)
{
    uint64_t sum = 0;
    for (const struct thread *thread = thread_first(); thread; thread = thread->next)
        sum += __atomic_load_n(&thread->live_blocks, __ATOMIC_RELAXED);
    return (int64_t)sum > 0 ? sum : 0;
}

uint64_t thread_events(const struct thread *thread)
{
    return __atomic_load_n(&thread->usage.until_sample, __ATOMIC_RELAXED) +
           __atomic_load_n(&thread->record->bad_frees, __ATOMIC_RELAXED);
}

void thread_forked(void)
{
    struct thread *thread = thread_self;
    if (!thread)
        return;
    unsigned tid = (unsigned)sys_gettid();
    atomic_store_explicit(&thread->tid, tid, memory_order_relaxed);
    __atomic_store_n(&thread->record->tid, tid, __ATOMIC_RELEASE);
}
