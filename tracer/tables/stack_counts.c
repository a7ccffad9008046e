#include "tables/stack_counts.h"

#include "os/pages.h"
#include "tables/stack_table.h"

#define FIRST_CAPACITY 512u

static inline uint32_t home_of(uint32_t stack, uint32_t capacity)
{
    return (uint32_t)(stack * 0x9e3779b97f4a7c15u >> 32) & (capacity - 1);
}

/* The stack's place, or the empty one where it belongs. Never more than half of them are taken. */
static uint64_t *place_of(const struct thread_counts *counts, uint32_t stack)
{
    uint32_t i = home_of(stack, counts->capacity);
    while (counts->places[i] && counts->places[i] >> 32 != stack)
        i = (i + 1) & (counts->capacity - 1);
    return &counts->places[i];
}

static bool make_room(struct thread_counts *counts)
{
    if (counts->used * 2 < counts->capacity)
        return true;
    struct thread_counts larger = {
        .used = counts->used, .capacity = counts->capacity ? counts->capacity * 4 : FIRST_CAPACITY};
    larger.places = pages_map(larger.capacity * sizeof *larger.places);
    if (!larger.places)
        return false;
    for (uint32_t i = 0; i < counts->capacity; i++)
        if (counts->places[i])
            *place_of(&larger, (uint32_t)(counts->places[i] >> 32)) = counts->places[i];
    *counts = larger;
    return true;
}

static __attribute__((noinline, cold)) uint32_t make_record(const struct thread *thread,
                                                            uint32_t stack)
{
    uint64_t index;
    if (!chunk_table_claim(&trace_log_counts, 1, true, &index) || index > TRACE_COUNT_MAX)
        return thread->count_unknown;
    struct trace_count *count = stack_counts_at((uint32_t)index);
    count->stack = stack;
    /* Release: a reader that sees the thread sees the stack. */
    __atomic_store_n(&count->thread, thread->record_index, __ATOMIC_RELEASE);
    return (uint32_t)index;
}

/* A record that is not the one that its node names. */
static __attribute__((noinline)) uint32_t find_in_own(struct thread *thread, uint32_t stack,
                                                      atomic_uint *named)
{
    struct thread_counts *counts = &thread->counts;
    if (!make_room(counts))
        return thread->count_unknown;
    uint64_t *place = place_of(counts, stack);
    if (*place)
        return (uint32_t)*place;
    uint32_t record = make_record(thread, stack);
    uint32_t none = 0;
    if (record == thread->count_unknown ||
        atomic_compare_exchange_strong_explicit(named, &none, record, memory_order_release,
                                                memory_order_relaxed))
        return record;
    *place = (uint64_t)stack << 32 | record;
    counts->used++;
    return record;
}

uint32_t stack_counts_find(struct thread *thread, uint32_t stack)
{
    if (stack == 0)
        return thread->count_unknown;
    atomic_uint *named = stack_table_user(stack);
    uint32_t record = atomic_load_explicit(named, memory_order_acquire);
    if (record && stack_counts_at(record)->thread == thread->record_index)
        return record;
    return find_in_own(thread, stack, named);
}

void stack_counts_sum(struct trace_totals *totals)
{
    uint64_t claimed = atomic_load_explicit(&trace_log_counts.count, memory_order_acquire);
    *totals = (struct trace_totals){0};
    for (uint64_t i = 1; i < claimed && chunk_table_reserve(&trace_log_counts, i, false); i++) {
        const struct trace_count *count = stack_counts_at((uint32_t)i);
        totals->allocations += __atomic_load_n(&count->allocations, __ATOMIC_RELAXED);
        totals->frees += __atomic_load_n(&count->frees, __ATOMIC_RELAXED);
        totals->bytes_allocated += __atomic_load_n(&count->bytes_allocated, __ATOMIC_RELAXED);
        totals->bytes_freed += __atomic_load_n(&count->bytes_freed, __ATOMIC_RELAXED);
    }
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        totals->bad_frees += __atomic_load_n(&thread->record->bad_frees, __ATOMIC_RELAXED);
}
