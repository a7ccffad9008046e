#include "events/long_lock.h"

#include "os/sys.h"

#include <signal.h>

static bool try_to_take(struct long_lock *lock, struct thread *thread)
{
    struct thread *nobody = NULL;
    return atomic_compare_exchange_strong_explicit(&lock->holder, &nobody, thread,
                                                   memory_order_acquire, memory_order_relaxed);
}

bool long_lock_take(struct long_lock *lock, struct long_hold *hold, struct thread *thread,
                    uint64_t signals)
{
    if (atomic_load_explicit(&lock->holder, memory_order_relaxed) == thread)
        return false;
    hold->thread = thread;
    signals &= ~(1ull << (SIGBUS - 1) | 1ull << (SIGSYS - 1));
    hold->is_blocked = !sys_is_error(sys_sigprocmask(SIG_BLOCK, &signals, &hold->mask));
    atomic_store_explicit(&thread->gate.at_length, true, memory_order_release);
    while (!try_to_take(lock, thread))
        sys_sched_yield();
    return true;
}

/* Release: who takes it, and a fork's child, finds what it guards whole. */
void long_lock_give(struct long_lock *lock, const struct long_hold *hold)
{
    atomic_store_explicit(&lock->holder, NULL, memory_order_release);
    atomic_store_explicit(&hold->thread->gate.at_length, false, memory_order_release);
    if (hold->is_blocked)
        sys_sigprocmask(SIG_SETMASK, &hold->mask, NULL);
}

void long_lock_forked(struct long_lock *lock)
{
    atomic_store(&lock->holder, NULL);
}
