/* swap: compare-and-swap, without the bus lock while the program has one thread.
 *
 * A locked instruction waits until everything stored before it has left the processor, which costs
 * more than the rest of a free. libc knows whether a second thread was ever made (its own malloc
 * relies on that); until then the same instruction without the lock prefix does: it cannot be
 * interrupted half-way, so that a signal handler sees it done or not begun. */
#ifndef SWAP_H
#define SWAP_H

#include "arch/machine.h"

#include <stdbool.h>
#include <stdint.h>

/* libc's word for it, from 2.32 on; until it is known, and before 2.32, one that says no. */
extern const char *swap_alone __attribute__((visibility("hidden")));

static inline bool swap_is_alone(void)
{
    return *swap_alone != 0;
}

/* One word; acquire and release. */
static inline bool swap_word(uint64_t *word, uint64_t from, uint64_t to)
{
#ifdef __SANITIZE_THREAD__
    return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
#else
    return swap_is_alone() ? machine_swap_alone(word, from, to) : machine_swap(word, from, to);
#endif
}

#endif
