/* long_lock: a lock for events that take longer than a malloc or a free may.
 *
 * A handler above a thread that holds it could wait for it for ever, or jump out, and nobody would
 * give it up: so signals are blocked. But for SIGBUS, which tells of a full disk, and SIGSYS, by
 * which a filter answers a call and which kills where it is blocked: their handlers find that their
 * thread holds the lock. A thread that forks waits for those that wait or hold. */
#ifndef LONG_LOCK_H
#define LONG_LOCK_H

#include "tables/thread.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct long_lock {
    _Atomic(struct thread *) holder;
};
struct long_hold {
    struct thread *thread;
    uint64_t mask; /* as it was before */
    bool is_blocked;
};

/* signals: what is blocked meanwhile. false: the thread has it already. */
bool long_lock_take(struct long_lock *lock, struct long_hold *hold, struct thread *thread,
                    uint64_t signals);
void long_lock_give(struct long_lock *lock, const struct long_hold *hold);
/* In a forked child, which has no other thread. */
void long_lock_forked(struct long_lock *lock);

#endif
