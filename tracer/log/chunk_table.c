#include "log/chunk_table.h"

#include "os/sys.h"

/* A grower needs microseconds, or a time slice more when it is descheduled. */
#define WAIT_ROUNDS 20000

static bool grow_once(struct chunk_table *table, unsigned chunk)
{
    uint64_t first = chunk_table_first_of(table, chunk);
    size_t bytes = ((size_t)1 << (table->first_log2 + chunk)) * table->record_size;
    char *memory = table->grow(table, chunk, bytes, first);
    if (!memory) {
        atomic_store_explicit(&table->full, true, memory_order_relaxed);
        return false;
    }
    /* Release: whoever loads the chunk may use its zeroed memory. */
    atomic_store_explicit(&table->chunk[chunk], memory, memory_order_release);
    return true;
}

/* Of the calling thread; not 0. */
static unsigned mark_of_thread(void)
{
    return (unsigned)(sys_thread_pointer() >> 4) | 1;
}

/* A signal handler above the thread that grows the table would wait for itself. */
static bool wait_or_grow_blocked(struct chunk_table *table, unsigned chunk, bool may_wait)
{
    for (int round = 0; round < WAIT_ROUNDS; round++) {
        if (atomic_load_explicit(&table->chunk[chunk], memory_order_acquire))
            return true;
        if (atomic_load_explicit(&table->full, memory_order_relaxed))
            return false;
        unsigned idle = 0;
        if (atomic_compare_exchange_strong_explicit(&table->growing, &idle, mark_of_thread(),
                                                    memory_order_acquire, memory_order_relaxed)) {
            bool grown = atomic_load_explicit(&table->chunk[chunk], memory_order_acquire) ||
                         grow_once(table, chunk);
            atomic_store_explicit(&table->growing, 0, memory_order_release);
            return grown;
        }
        if (!may_wait || idle == mark_of_thread())
            return false;
        sys_sched_yield();
    }
    return false;
}

/* A thread that was cancelled in the midst of growing, or jumped out of a handler there, would
 * leave the table growing for ever, and every other thread waiting for it. */
static bool wait_or_grow(struct chunk_table *table, unsigned chunk, bool may_wait)
{
    const uint64_t mask = SYS_SIGNALS_BUT_BUS;
    uint64_t before;
    if (atomic_load_explicit(&table->full, memory_order_relaxed))
        return false;
    bool blocked = !sys_is_error(sys_sigprocmask(SIG_BLOCK, &mask, &before));
    bool there = wait_or_grow_blocked(table, chunk, may_wait);
    if (blocked)
        sys_sigprocmask(SIG_SETMASK, &before, NULL);
    return there;
}

bool chunk_table_reserve(struct chunk_table *table, uint64_t index, bool may_wait)
{
    unsigned chunk = chunk_table_chunk_of(table, index);
    if (chunk >= CHUNK_TABLE_CHUNKS)
        return false;
    if (atomic_load_explicit(&table->chunk[chunk], memory_order_acquire))
        return true;
    return wait_or_grow(table, chunk, may_wait);
}

/* Nothing will fit any longer: no chunk comes, and the last one there is has been given out. */
static bool is_used_up(struct chunk_table *table)
{
    return atomic_load_explicit(&table->full, memory_order_relaxed) &&
           !chunk_table_reserve(table, atomic_load_explicit(&table->count, memory_order_relaxed),
                                false);
}

bool chunk_table_claim(struct chunk_table *table, uint32_t records, bool may_wait, uint64_t *index)
{
    while (!is_used_up(table)) {
        uint64_t first = atomic_fetch_add_explicit(&table->count, records, memory_order_relaxed);
        /* A run may not lie across two chunks; what is left of the chunk stays empty. */
        if (chunk_table_chunk_of(table, first) !=
            chunk_table_chunk_of(table, first + records - 1)) {
            if (records > 1u << table->first_log2)
                return false;
            continue;
        }
        if (!chunk_table_reserve(table, first, may_wait))
            return false;
        *index = first;
        return true;
    }
    return false;
}

void chunk_table_prepare(struct chunk_table *table, uint64_t index)
{
    unsigned chunk = chunk_table_chunk_of(table, index);
    uint64_t next = chunk_table_first_of(table, chunk + 1);
    if (next - index <= (next - chunk_table_first_of(table, chunk)) / 4)
        chunk_table_reserve(table, next, false);
}
