/* stack_accounts: what was allocated and freed with each call stack, counted by each thread for
 * itself.
 *
 * A record of ACCOUNTS belongs to one thread and one stack, so it is counted in without a lock, and
 * a block names the record of the thread that allocated it. A thread that frees another's block
 * counts that in a record of its own for the same stack; a stack's figures are the sums over its
 * records.
 *
 * A stack's node names the first record that was made for it, which is that of most threads that
 * ever need one; other threads find theirs through a table of their own. */
#ifndef STACK_ACCOUNTS_H
#define STACK_ACCOUNTS_H

#include "log/trace_log.h"
#include "tables/thread.h"
#include "tables/usage.h"

static inline struct trace_account *stack_accounts_at(uint32_t record)
{
    return chunk_table_at_with(&trace_log_accounts, record, TRACE_LOG_ACCOUNTS_LOG2,
                               sizeof(struct trace_account));
}

/* The thread's own record for a stack, which may be marked (TRACE_STACK_IGNORED,
 * TRACE_STACK_NAMED), made if need be; its record for unknown stacks where there is no space. Not
 * to be called by a signal handler above itself: see thread->busy. */
uint32_t stack_accounts_find(struct thread *thread, uint32_t stack);
/* From now on `made` is called before each new record: a moment that every new call site has, the
 * one that makes the program's first thread too. */
void stack_accounts_watch(void (*made)(void));
/* What stack_accounts_find is to be asked for, for a thread's own record of the same. */
static inline uint32_t stack_accounts_key(uint32_t record)
{
    return record ? stack_accounts_at(record)->stack : 0;
}
/* The stack of a record; 0: not known. */
static inline uint32_t stack_accounts_stack(uint32_t record)
{
    return stack_accounts_key(record) & TRACE_STACK_MASK;
}
static inline bool stack_accounts_is_ignored(uint32_t record)
{
    return stack_accounts_key(record) & TRACE_STACK_IGNORED;
}
/* The program's totals. */
void stack_accounts_sum(struct trace_totals *totals);

/* What a record is at the peak is saved before it changes for the first time after the peak. */
static inline void stack_accounts_keep_peak(struct trace_account *account)
{
    uint32_t epoch = __atomic_load_n(&usage_peak->epoch, __ATOMIC_RELAXED);
    if (account->peak_epoch != epoch) {
        account->bytes_at_peak = (int64_t)(account->bytes_allocated - account->bytes_freed);
        account->blocks_at_peak = (int32_t)(account->allocations - account->frees);
        account->peak_epoch = epoch;
    }
}

/* `blocks`, with `bytes` together. */
static inline void stack_accounts_allocated_many(struct thread *thread,
                                                 struct trace_account *account, uint64_t blocks,
                                                 size_t bytes)
{
    stack_accounts_keep_peak(account);
    thread_count(&account->allocations, blocks);
    thread_count(&account->bytes_allocated, bytes);
    usage_add(thread, bytes);
    usage_tick(thread);
}

static inline void stack_accounts_allocated(struct thread *thread, struct trace_account *account,
                                            size_t size)
{
    stack_accounts_allocated_many(thread, account, 1, size);
}

/* The allocation was another one, after all. */
static inline void stack_accounts_take_back(struct thread *thread, struct trace_account *account,
                                            size_t size)
{
    stack_accounts_keep_peak(account);
    thread_count(&account->allocations, -(uint64_t)1);
    thread_count(&account->bytes_allocated, -(uint64_t)size);
    usage_subtract(thread, size);
}

/* `account` is the thread's own, here and below. */
static inline void stack_accounts_freed_many(struct thread *thread, struct trace_account *account,
                                             uint64_t blocks, size_t bytes, bool temporary)
{
    stack_accounts_keep_peak(account);
    thread_count(&account->frees, blocks);
    thread_count(&account->bytes_freed, bytes);
    if (temporary)
        thread_count(&account->temporary, 1);
    usage_subtract(thread, bytes);
    usage_tick(thread);
}

static inline void stack_accounts_freed(struct thread *thread, struct trace_account *account,
                                        size_t size, bool temporary)
{
    stack_accounts_freed_many(thread, account, 1, size, temporary);
}

#endif
