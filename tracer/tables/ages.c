#include "tables/ages.h"

#include "log/trace_log.h"

#include <stdatomic.h>

#define FIRST_NS 100000000u

uint64_t ages_next_ns = UINT64_MAX;
uint32_t ages_first_account;

static struct {
    atomic_uint busy;
    struct trace_age *ages;
    uint32_t count;
    void (*renew)(void);
} table;

bool ages_begin(void (*renew)(void))
{
    table.ages = trace_log_extend(TRACE_AGES, 0, TRACE_AGES_MAX * sizeof *table.ages, 0);
    table.renew = renew;
    if (table.ages)
        ages_next_ns = FIRST_NS;
    return table.ages != NULL;
}

static void take(uint64_t now)
{
    struct trace_age *age = &table.ages[table.count++];
    uint64_t first = atomic_load_explicit(&trace_log_accounts.count, memory_order_acquire);
    age->first_account = (uint32_t)first;
    /* Release: a reader that sees the time sees the number. */
    __atomic_store_n(&age->time_ns, now, __ATOMIC_RELEASE);
    __atomic_store_n(&ages_first_account, (uint32_t)first, __ATOMIC_RELAXED);
    /* Its release: who forgets what he remembered sees which accounts are too old. */
    table.renew();
}

/* Whoever finds another thread at it lets it be. */
__attribute__((noinline, cold)) void ages_take(uint64_t now)
{
    unsigned idle = 0;
    if (!atomic_compare_exchange_strong_explicit(&table.busy, &idle, 1, memory_order_acquire,
                                                 memory_order_relaxed))
        return;
    if (ages_are_due(now) && table.count < TRACE_AGES_MAX)
        take(now);
    if (ages_are_due(now))
        __atomic_store_n(&ages_next_ns, table.count < TRACE_AGES_MAX ? now * 2 : UINT64_MAX,
                         __ATOMIC_RELAXED);
    atomic_store_explicit(&table.busy, 0, memory_order_release);
}

void ages_forked(void)
{
    atomic_store_explicit(&table.busy, 0, memory_order_relaxed);
}
