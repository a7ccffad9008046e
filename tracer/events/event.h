/* event: the steps that an allocation and a free are made of: the stack of the call, whose account
 * the block goes to, the block in and out of the table.
 *
 * The usual case of each is inline, because together they are the path of malloc and free
 * (observe.c); what is rare is in event.c. Callable from any thread at any moment while tracing is
 * on; errno is left as found. */
#ifndef EVENT_H
#define EVENT_H

#include "capture/unwind.h"
#include "tables/block_table.h"
#include "tables/stack_accounts.h"

#include <stdbool.h>

/* --- the thread's frames are one call's at a time -------------------------- */

/* Whether the part of the stack that made the thread busy is left, for a call at `at`. */
bool event_was_left(struct thread *thread, uintptr_t at);

/* From here to event_leave() the thread's frames are under work. `at`: a stack address of the
 * caller. */
static inline bool event_enter(struct thread *thread, uintptr_t at)
{
    if (__builtin_expect(thread->busy != 0, 0) && !event_was_left(thread, at))
        return false;
    thread->busy = at;
    return true;
}

static inline void event_leave(struct thread *thread)
{
    thread->busy = 0;
}

/* --- the stack of a call, and the thread's account for it ----------------- */

/* Counts a stack that is not known. */
void event_lose_stack(void);
/* The account of a stack that has none yet. */
uint32_t event_find_account(struct thread *thread, uint32_t stack);

/* The stack of a call. */
static inline uint32_t event_stack(struct thread *thread, const struct call_site *site)
{
    uint32_t stack = 0;
    if (event_enter(thread, site->cfa)) {
        const struct stack_memo *memo = unwind_capture(thread, site);
        stack = memo ? memo->node : 0;
        event_leave(thread);
    }
    if (__builtin_expect(stack == 0, 0))
        event_lose_stack();
    return stack;
}

/* event_stack, not inline. */
uint32_t event_stack_rarely(struct thread *thread, const struct call_site *site);

/* The thread's record in ACCOUNTS for the stack of a call. */
static inline __attribute__((always_inline)) uint32_t event_account(struct thread *thread,
                                                                    const struct call_site *site)
{
    uint32_t account = thread->account_unknown;
    if (event_enter(thread, site->cfa)) {
        struct stack_memo *memo = unwind_capture(thread, site);
        if (__builtin_expect(memo && memo->account == 0, 0))
            memo->account = event_find_account(thread, memo->node);
        if (memo)
            account = memo->account;
        event_leave(thread);
    }
    if (__builtin_expect(account == thread->account_unknown, 0))
        event_lose_stack();
    return account;
}

/* event_account, not inline. */
uint32_t event_account_rarely(struct thread *thread, const struct call_site *site);

struct trace_account *event_own_account_for(struct thread *thread, uint32_t account);

/* The thread's own record for the stack of a block, which another thread may have allocated. */
static inline struct trace_account *event_own_account(struct thread *thread, uint32_t account)
{
    struct trace_account *record = stack_accounts_at(account);
    return __builtin_expect(record->thread == thread->record_index, 1)
               ? record
               : event_own_account_for(thread, account);
}

/* --- the block in the table ------------------------------------------------ */

/* Counts a block that the table has no room for. */
void event_lose_block(size_t size);

static inline __attribute__((always_inline)) void event_record_at(struct thread *thread,
                                                                  uint64_t *home,
                                                                  const struct block *block)
{
    thread->latest = (const void *)block->address;
    if (__builtin_expect(block_table_insert_at(home, block), 1))
        thread_count(&thread->live_blocks, 1);
    else
        event_lose_block(block->size);
}

static inline __attribute__((always_inline)) void event_record(struct thread *thread,
                                                               const struct block *block)
{
    event_record_at(thread, block_table_home(block->address), block);
}

static inline __attribute__((always_inline)) bool event_take_at(struct thread *thread,
                                                                uint64_t *home, uint64_t address,
                                                                struct block *block)
{
    bool taken = block_table_remove_at(home, address, block);
    if (__builtin_expect(taken, 1))
        thread_count(&thread->live_blocks, -(uint64_t)1);
    return taken;
}

static inline __attribute__((always_inline)) bool event_take(struct thread *thread,
                                                             const void *pointer,
                                                             struct block *block)
{
    uint64_t address = (uint64_t)pointer;
    return event_take_at(thread, block_table_home(address), address, block);
}

/* --- all of an allocation -------------------------------------------------- */

/* block.account is found here. The block's slot is rarely in the cache and needed last, so it is
 * prefetched first. */
static inline __attribute__((always_inline)) void event_allocate(struct thread *thread,
                                                                 struct block block,
                                                                 const struct call_site *site)
{
    uint64_t *home = block_table_home(block.address);
    block.account = event_account(thread, site);
    stack_accounts_allocated(thread, stack_accounts_at(block.account), block.size);
    event_record_at(thread, home, &block);
}

#endif
