/* moments: what was live of each call stack, at a few tens of moments.
 *
 * MOMENTS has TRACE_MOMENTS_MAX of them. When they are full every other one is left out, and they
 * are taken half as often: so an hour and a year take the same space. Each names a run of rows in
 * GROWTH, of the records of ACCOUNTS that have anything live. There is space for TRACE_GROWTH_ROWS
 * at a time; where more are live, those with the least are left out.
 *
 * The thread that comes by when it is time takes the moment, and it takes longer the more stacks
 * there are: the next one is as far away that it costs a thousandth of the time. */
#ifndef MOMENTS_H
#define MOMENTS_H

#include <stdbool.h>
#include <stdint.h>

/* When the next moment is to be taken: since the start. */
extern uint64_t moments_next_ns __attribute__((visibility("hidden")));

/* Asked where a thread has looked at the clock. */
static inline bool moments_are_due(uint64_t now)
{
    return now >= __atomic_load_n(&moments_next_ns, __ATOMIC_RELAXED);
}
/* Takes it, with signals blocked. */
void moments_take(uint64_t now);
/* In a forked child: who else was taking one is not here. */
void moments_forked(void);

#endif
