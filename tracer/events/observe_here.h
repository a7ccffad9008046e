/* observe_here: the usual malloc and the usual free, whole, for the interposers that are called
 * most: inline they keep one frame and one set of saved registers. What is rare is in observe.c,
 * and is given copies: whatever has its address taken cannot stay in registers. */
#ifndef OBSERVE_HERE_H
#define OBSERVE_HERE_H

#include "events/event.h"
#include "events/misuse.h"
#include "events/observe_new.h"
#include "tables/freed_blocks.h"

static inline __attribute__((always_inline)) void observe_allocation_here(
    void *pointer, size_t size, enum trace_family family, uint32_t alignment_log2,
    const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block block = {(uint64_t)pointer, size, 0, alignment_log2, family};
    if (__builtin_expect(!thread, 0)) {
        event_lose_block(size);
    } else if (__builtin_expect(thread->label.site == NULL, 1)) {
        event_allocate(thread, block, site);
    } else {
        struct call_site copy = *site;
        observe_new_allocation(thread, pointer, size, family, alignment_log2, &copy);
    }
}

/* As observe_free, of what is not the usual case. */
bool observe_free_unknown(struct thread *thread, void *pointer, const struct call_site *site);
bool observe_free_otherwise(struct block *block, const struct misuse_free *how, uint32_t stack);

static inline __attribute__((always_inline)) bool observe_free_unknown_here(
    struct thread *thread, void *pointer, const struct call_site *site)
{
    struct call_site copy = *site;
    return observe_free_unknown(thread, pointer, &copy);
}

static inline __attribute__((always_inline)) void observe_taken(struct thread *thread,
                                                                const struct block *block,
                                                                uint32_t stack)
{
    freed_blocks_put(thread, block, stack);
    stack_accounts_freed(thread, event_own_account(thread, block->account), block->size,
                         thread->latest == (const void *)block->address);
}

static inline __attribute__((always_inline)) bool observe_free_here(void *pointer,
                                                                    const struct misuse_free *how,
                                                                    const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block block;
    if (__builtin_expect(!thread, 0))
        return observe_free_unknown_here(NULL, pointer, site);
    if (__builtin_expect(thread->deleting != NULL, 0) && thread->deleting == pointer) {
        thread->deleting = NULL;
        return true;
    }
    uint64_t *home = block_table_home((uint64_t)pointer);
    /* The allocator's header is next: so both come at once. */
    __builtin_prefetch((char *)pointer - 8, 1);
    uint32_t stack = event_stack(thread, site);
    if (__builtin_expect(!event_take_at(thread, home, (uint64_t)pointer, &block), 0))
        return observe_free_unknown_here(thread, pointer, site);
    observe_taken(thread, &block, stack);
    if (__builtin_expect(!misuse_fits(&block, how), 0)) {
        struct block copy = block;
        return observe_free_otherwise(&copy, how, stack);
    }
    return true;
}

#endif
