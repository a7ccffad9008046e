#include "events/observe.h"

#include "check/leak_scan.h"
#include "events/observe_here.h"
#include "libc/guard_area.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "tables/block_parts.h"
#include "tables/kept_blocks.h"
#include "tables/moves.h"

/* --- allocation ---------------------------------------------------------- */

void observe_allocation(void *pointer, size_t size, enum trace_family family,
                        uint32_t alignment_log2, const struct call_site *site)
{
    observe_allocation_here(pointer, size, family, alignment_log2, site);
}

/* --- free ---------------------------------------------------------------- */

/* Whether live blocks may be missing from the table. */
static bool some_are_missing(void)
{
    const struct trace_losses *losses = &trace_log_header->losses;
    return __atomic_load_n(&losses->blocks, __ATOMIC_RELAXED) ||
           __atomic_load_n(&losses->fork_threads, __ATOMIC_RELAXED) || trace_log_loss_is_there();
}

static bool is_kept(const void *pointer)
{
    struct kept_block block;
    return kept_blocks_find((uint64_t)pointer, false, &block);
}

static bool pass_on_unknown(void)
{
    trace_log_lose(&trace_log_header->losses.frees_unknown, 1);
    return true;
}

/* No live block begins at the address. Where blocks went unrecorded it may be one of those, and is
 * passed on, as is a block that came past us; else it is the program's mistake, and is not. */
__attribute__((noinline, cold)) bool observe_free_unknown(struct thread *thread, void *pointer,
                                                          const struct call_site *site)
{
    if (leak_scan_is_child())
        return true;
    if (!thread || (some_are_missing() && !is_kept(pointer)))
        return pass_on_unknown();
    uint32_t stack = event_stack_rarely(thread, site);
    if (misuse_is_unseen_block(thread, (uint64_t)pointer, stack))
        return pass_on_unknown();
    thread_count(&thread->record->bad_frees, 1);
    unwind_drop(thread, site);
    misuse_bad_free(thread, (uint64_t)pointer, event_stack_rarely(thread, site));
    return false;
}

void observe_deleting(void *pointer)
{
    struct thread *thread = thread_current();
    if (thread)
        thread->deleting = pointer;
}

static void drop_part(void *context, const struct block *part)
{
    struct thread *thread = context;
    thread_count(&thread->live_blocks, -(uint64_t)1);
    stack_accounts_freed(thread, event_own_account(thread, part->account), part->size, false);
}

/* Where a whole and its first part begin the part was taken: the whole, which is what the real
 * function knows. */
static bool uncover(struct thread *thread, struct block *block)
{
    struct block whole;
    if (!block_parts_is_part(block) || !block_parts_whole_at(block->address, &whole) ||
        !block_table_remove(block->address, &whole))
        return false;
    thread_count(&thread->live_blocks, -(uint64_t)1);
    *block = whole;
    return true;
}

/* A free that does not fit its block as it is recorded. With a whole its parts go, before its
 * memory can be anybody's. false: it is of a part, which the real function must not see. */
__attribute__((noinline, cold)) bool observe_free_otherwise(struct block *block,
                                                            const struct misuse_free *how,
                                                            uint32_t stack)
{
    if (uncover(thread_self, block))
        observe_taken(thread_self, block, stack);
    if (block_parts_is_whole(block)) {
        block_parts_take(block, drop_part, thread_self);
        block->family = TRACE_BY_MALLOC;
        block->alignment_log2 = 0;
    }
    if (!misuse_fits(block, how))
        misuse_check_free(block, how, stack);
    return !block_parts_is_part(block);
}

bool observe_free(void *pointer, const struct misuse_free *how, const struct call_site *site)
{
    return observe_free_here(pointer, how, site);
}

/* --- realloc ------------------------------------------------------------- */

/* realloc has freed the block before it was known by which stack. */
static __attribute__((noinline, cold)) void tell_where(struct thread *thread,
                                                       const struct block *old, uint32_t stack,
                                                       const void *moved_to)
{
    struct guard_slot *slot = guard_area_slot(old->address);
    kept_blocks_tell(thread, &(struct kept_block){.address = old->address,
                                                  .size = old->size,
                                                  .moved_to = (uint64_t)moved_to,
                                                  .account = old->account,
                                                  .stack_freed = stack});
    if (slot && slot->address == old->address) {
        slot->account = old->account;
        slot->stack_freed = stack;
    }
}

static uint64_t bytes_copied(const struct block *old, const void *moved_to, size_t size)
{
    bool stayed = !moved_to || (uint64_t)moved_to == old->address;
    return stayed ? 0 : old->size < size ? old->size : size;
}

static __attribute__((noinline)) void replaced(struct thread *thread, const struct block *old,
                                               const void *moved_to, size_t size,
                                               const struct call_site *site)
{
    static const struct misuse_free how = {.family = TRACE_BY_MALLOC};
    struct block copy = *old;
    uint32_t stack = event_stack_rarely(thread, site);
    moves_count(stack, bytes_copied(old, moved_to, size));
    observe_taken(thread, old, stack);
    if (__builtin_expect(thread->kept != NULL, 0))
        tell_where(thread, old, stack, moved_to);
    if (!misuse_fits(&copy, &how))
        observe_free_otherwise(&copy, &how, stack);
}

static void hold(struct thread *thread, const struct block *old)
{
    thread->resized = (struct thread_resized){old->address, old->size, old->account,
                                              (uint16_t)old->alignment_log2, (uint16_t)old->family};
}

bool observe_realloc_begin(void *pointer, struct block *old, const struct call_site *site)
{
    struct thread *thread = thread_current();
    if (thread && event_take(thread, pointer, old)) {
        struct block part = *old;
        if (__builtin_expect(!block_parts_is_part(old), 1)) {
            hold(thread, old);
            return true;
        }
        if (uncover(thread, old)) {
            stack_accounts_freed(thread, event_own_account(thread, part.account), part.size, false);
            return true;
        }
        event_record(thread, old);
    }
    *old = (struct block){0};
    return observe_free_unknown(thread, pointer, site);
}

void observe_realloc_failed(const struct block *old)
{
    struct thread *thread = thread_current();
    if (!thread || !old->address)
        return;
    thread->resized.address = 0;
    event_record(thread, old);
}

void observe_realloc_left(void)
{
    struct thread *thread = thread_current();
    struct block found;
    if (!thread || !thread->resized.address)
        return;
    const struct thread_resized *left = &thread->resized;
    const struct block old = {left->address, left->size, left->account, left->alignment_log2,
                              (enum trace_family)left->family};
    thread->resized.address = 0;
    if (!block_table_find(old.address, &found))
        event_record(thread, &old);
}

void observe_realloc_done(const struct block *old, void *pointer, size_t size, bool freed,
                          const struct call_site *site)
{
    struct thread *thread = thread_current();
    if (thread && old->address) {
        thread->resized.address = 0;
        replaced(thread, old, pointer, size, site);
    }
    if (!freed)
        observe_allocation(pointer, size, TRACE_BY_MALLOC, 0, site);
}
/* --- parts --------------------------------------------------------------- */

void observe_part(uint64_t address, size_t size, const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block part = {address, size, 0, TRACE_PART, TRACE_BY_REQUEST};
    struct block whole;
    if (!thread || !block_parts_find_whole(&part, (uint64_t)thread->latest, &whole))
        return;
    part.account = event_account_rarely(thread, site);
    stack_accounts_allocated(thread, stack_accounts_at(part.account), size);
    if (block_parts_divide(&whole, &part))
        thread_count(&thread->live_blocks, 1);
    else
        event_lose_block(size);
}

uint32_t observe_stack(const struct call_site *site)
{
    struct thread *thread = thread_current();
    return thread ? event_stack_rarely(thread, site) : 0;
}
