/* usage: how much memory the program has in use, its peak, and how that went on over time.
 *
 * While the program has one thread, every change goes straight to the header's peak, which is then
 * exact. With more, a thread keeps its changes to itself until they are worth a quantum (1/1024 of
 * the peak, at least 4 KiB), so that no cache line is written by every thread all the time.
 *
 * The share of each call stack at the peak costs nothing when the peak comes: a peak only raises
 * the epoch, and who is about to change a record of an older epoch saves what it was
 * (stack_accounts).
 *
 * After some hundreds of events, or some hundred thousands if it is fast, a thread looks at the
 * clock, and if it is time it adds a sample to TIMELINE. */
#ifndef USAGE_H
#define USAGE_H

#include "os/swap.h"
#include "tables/thread.h"

#define USAGE_BATCH_MIN 256u /* events between two looks at the clock, at first */

extern struct trace_peak *usage_peak __attribute__((visibility("hidden")));

/* Called once, when the log is there. */
void usage_begin(void);

void usage_add_shared(struct thread *thread, int64_t bytes);
void usage_sample(struct thread *thread);
/* How many events after a batch of so many, which took so long (ns), the clock is looked at again.
 */
uint32_t usage_next_batch(uint32_t batch, uint64_t took);

/* `bytes` more are in use. */
static inline void usage_add(struct thread *thread, size_t bytes)
{
    if (!swap_is_alone()) {
        usage_add_shared(thread, (int64_t)bytes);
        return;
    }
    thread_count((uint64_t *)&usage_peak->live_bytes, bytes);
    int64_t live = usage_peak->live_bytes;
    if (live > usage_peak->bytes) {
        usage_peak->bytes = live;
        usage_peak->epoch++;
    }
}

/* `bytes` fewer are. */
static inline void usage_subtract(struct thread *thread, size_t bytes)
{
    if (swap_is_alone())
        thread_count((uint64_t *)&usage_peak->live_bytes, -(uint64_t)bytes);
    else
        usage_add_shared(thread, -(int64_t)bytes);
}

/* With every event. */
static inline void usage_tick(struct thread *thread)
{
    if (__builtin_expect(thread->usage.until_sample-- == 0, 0))
        usage_sample(thread);
}

/* The process' resident bytes; 0: they cannot be asked. */
uint64_t usage_resident(void);
/* Of the process that this one is a copy of. */
void usage_know_resident(uint64_t bytes);
/* In a forked child: who else was taking a sample is not here. */
void usage_forked(void);
/* The last sample, at the end. */
void usage_end(void);

#endif
