#include "tables/stack_accounts.h"

#include "os/pages.h"
#include "tables/ages.h"
#include "tables/stack_table.h"

#define FIRST_CAPACITY 512u

static inline uint32_t home_slot(uint32_t stack, uint32_t capacity)
{
    return (uint32_t)(stack * 0x9e3779b97f4a7c15u >> 32) & (capacity - 1);
}

/* The stack's slot, or the empty one where it belongs. Never more than half of them are taken. */
static uint64_t *slot_of(const struct thread_accounts *accounts, uint32_t stack)
{
    uint32_t i = home_slot(stack, accounts->capacity);
    while (accounts->slots[i] && accounts->slots[i] >> 32 != stack)
        i = (i + 1) & (accounts->capacity - 1);
    return &accounts->slots[i];
}

static bool grow_if_full(struct thread_accounts *accounts)
{
    if (accounts->used * 2 < accounts->capacity)
        return true;
    struct thread_accounts larger = {.used = accounts->used,
                                     .capacity = accounts->capacity ? accounts->capacity * 4
                                                                    : FIRST_CAPACITY};
    larger.slots = pages_map(larger.capacity * sizeof *larger.slots);
    if (!larger.slots)
        return false;
    for (uint32_t i = 0; i < accounts->capacity; i++)
        if (accounts->slots[i])
            *slot_of(&larger, (uint32_t)(accounts->slots[i] >> 32)) = accounts->slots[i];
    *accounts = larger;
    return true;
}

static void (*watcher)(void);

void stack_accounts_watch(void (*made)(void))
{
    watcher = made;
}

static __attribute__((noinline, cold)) uint32_t make_record(const struct thread *thread,
                                                            uint32_t stack)
{
    uint64_t index;
    if (watcher)
        watcher();
    if (!chunk_table_claim(&trace_log_accounts, 1, true, &index) || index > TRACE_ACCOUNT_MAX)
        return thread->account_unknown;
    struct trace_account *account = stack_accounts_at((uint32_t)index);
    account->stack = stack;
    /* Release: a reader that sees the thread sees the stack. */
    __atomic_store_n(&account->thread, thread->record_index, __ATOMIC_RELEASE);
    return (uint32_t)index;
}

/* The blocks of an older one are all older. */
static bool is_of_this_age(uint32_t record)
{
    return record >= __atomic_load_n(&ages_first_account, __ATOMIC_RELAXED);
}

/* A record that is not the one that its node names; `named` is NULL where it cannot become that. */
static __attribute__((noinline)) uint32_t find_in_own(struct thread *thread, uint32_t stack,
                                                      atomic_uint *named)
{
    struct thread_accounts *accounts = &thread->accounts;
    if (!grow_if_full(accounts))
        return thread->account_unknown;
    uint64_t *slot = slot_of(accounts, stack);
    uint32_t before = (uint32_t)*slot;
    if (before && is_of_this_age(before))
        return before;
    uint32_t record = make_record(thread, stack);
    uint32_t none = 0;
    if (record == thread->account_unknown)
        return before ? before : record;
    if (named && atomic_compare_exchange_strong_explicit(named, &none, record, memory_order_release,
                                                         memory_order_relaxed))
        return record;
    *slot = (uint64_t)stack << 32 | record;
    accounts->used += before == 0;
    return record;
}

uint32_t stack_accounts_find(struct thread *thread, uint32_t stack)
{
    if (stack == 0)
        return thread->account_unknown;
    if (__builtin_expect(stack > TRACE_STACK_MASK, 0))
        return find_in_own(thread, stack, NULL);
    atomic_uint *named = stack_table_user(stack);
    uint32_t record = atomic_load_explicit(named, memory_order_acquire);
    if (record && stack_accounts_at(record)->thread == thread->record_index &&
        is_of_this_age(record))
        return record;
    return find_in_own(thread, stack, named);
}

void stack_accounts_sum(struct trace_totals *totals)
{
    uint64_t claimed = atomic_load_explicit(&trace_log_accounts.count, memory_order_acquire);
    *totals = (struct trace_totals){0};
    for (uint64_t i = 1; i < claimed && chunk_table_reserve(&trace_log_accounts, i, false); i++) {
        const struct trace_account *account = stack_accounts_at((uint32_t)i);
        totals->allocations += __atomic_load_n(&account->allocations, __ATOMIC_RELAXED);
        totals->frees += __atomic_load_n(&account->frees, __ATOMIC_RELAXED);
        totals->bytes_allocated += __atomic_load_n(&account->bytes_allocated, __ATOMIC_RELAXED);
        totals->bytes_freed += __atomic_load_n(&account->bytes_freed, __ATOMIC_RELAXED);
    }
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        totals->bad_frees += __atomic_load_n(&thread->record->bad_frees, __ATOMIC_RELAXED);
}
