/* ages: how old blocks are, within a factor of two (--ages=yes).
 *
 * A block has no room for a time, but it names its account, and accounts are numbered as they are
 * made. So when the process is twice as old as at the last time, every thread goes on in accounts
 * of its own that are new: AGES has the number that they begin with, and a block is as old as its
 * account. That costs malloc and free nothing but that stacks are walked once more, some thirty
 * times in the life of a process, and an account for each stack that is in use then. */
#ifndef AGES_H
#define AGES_H

#include <stdbool.h>
#include <stdint.h>

/* When the next age begins: since the start. Never, where they are not asked for. */
extern uint64_t ages_next_ns __attribute__((visibility("hidden")));
/* Accounts with lower numbers are counted in by frees only. */
extern uint32_t ages_first_account __attribute__((visibility("hidden")));

/* renew: makes all threads ask for their accounts again. false: no space. */
bool ages_begin(void (*renew)(void));

/* Asked where a thread has looked at the clock. */
static inline bool ages_are_due(uint64_t now)
{
    return now >= __atomic_load_n(&ages_next_ns, __ATOMIC_RELAXED);
}
void ages_take(uint64_t now);
/* In a forked child: who else was at it is not here. */
void ages_forked(void);

#endif
