#include "events/long_lock.h"

#include "os/sys.h"

#include <signal.h>

void long_lock_take(struct long_lock *lock, struct long_hold *hold, struct thread *thread,
                    uint64_t signals)
{
    hold->thread = thread;
    hold->is_blocked = !sys_is_error(sys_sigprocmask(SIG_BLOCK, &signals, &hold->mask));
    atomic_store_explicit(&thread->gate.at_length, true, memory_order_release);
    while (atomic_exchange_explicit(&lock->taken, true, memory_order_acquire))
        sys_sched_yield();
}

/* Release: who takes it, and a fork's child, finds what it guards whole. */
void long_lock_give(struct long_lock *lock, const struct long_hold *hold)
{
    atomic_store_explicit(&lock->taken, false, memory_order_release);
    atomic_store_explicit(&hold->thread->gate.at_length, false, memory_order_release);
    if (hold->is_blocked)
        sys_sigprocmask(SIG_SETMASK, &hold->mask, NULL);
}

void long_lock_forked(struct long_lock *lock)
{
    atomic_store(&lock->taken, false);
}
