/* freed_blocks: the blocks that were freed lately, so that a bad free can be told what it hit.
 *
 * Each thread writes its frees in turn into a ring of its own, which costs one store after the
 * other on the same cache line, and remembers the last FREED_BLOCKS of them, for any program
 * length (of later threads, FREED_BLOCKS_LATER: there may be thousands). A search looks through all
 * rings; it is made only where a free was bad. A clock that goes on with every 64th free of a
 * thread tells which of two threads freed an address last. What is found is a hint for a report: it
 * is true, or absent. */
#ifndef FREED_BLOCKS_H
#define FREED_BLOCKS_H

#include "tables/block_table.h"
#include "tables/thread.h"

#define FREED_BLOCKS       16384u /* of each of the first eight threads */
#define FREED_BLOCKS_LATER 4096u
#define FREED_BLOCKS_TURN  64u

/* Any thread may read while its thread writes: `address` is cleared first and stored last, so that
 * a reader that finds it unchanged around its reads has read one block. */
struct freed_block {
    uint64_t address; /* 0: none */
    uint64_t size;
    uint32_t account;     /* its stack's record in ACCOUNTS */
    uint32_t stack_freed; /* of the free */
    uint32_t clock;
    uint32_t family;
};

extern atomic_uint freed_blocks_clock __attribute__((visibility("hidden")));
/* The thread's ring, made if need be; called with every 64th free of a thread. NULL: no memory;
 * nothing is remembered then. */
struct freed_block *freed_blocks_turn(struct thread *thread);

/* Remembers a block that is being freed by the call `stack`. */
static inline void freed_blocks_put(struct thread *thread, const struct block *block,
                                    uint32_t stack)
{
    /* Counted first: a signal handler above takes the next slot. */
    uint32_t number = thread->freed.count++;
    struct freed_block *ring = thread->freed.ring;
    if (__builtin_expect(!ring || number % FREED_BLOCKS_TURN == 0, 0) &&
        !(ring = freed_blocks_turn(thread)))
        return;
    struct freed_block *slot = &ring[number & thread->freed.mask];
    __atomic_store_n(&slot->address, 0, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_RELEASE);
    __atomic_store_n(&slot->size, block->size, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->account, block->account, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->stack_freed, stack, __ATOMIC_RELAXED);
    __atomic_store_n(&slot->clock, atomic_load_explicit(&freed_blocks_clock, memory_order_relaxed),
                     __ATOMIC_RELAXED);
    __atomic_store_n(&slot->family, block->family, __ATOMIC_RELAXED);
    /* Release: who sees the address sees the rest. */
    __atomic_store_n(&slot->address, block->address, __ATOMIC_RELEASE);
}

/* The block freed lately that begins at `address`, or, with `interior`, that holds it. */
bool freed_blocks_find(uint64_t address, bool interior, struct block *block, uint32_t *stack_freed);
/* The thread is freeing the block at `address`: what it has just put. false: that is another one,
 * or it was not put. */
bool freed_blocks_latest(const struct thread *thread, uint64_t address, struct freed_block *block);
/* Each block in the rings, in no order. */
void freed_blocks_for_each(void (*visit)(void *context, const struct freed_block *block),
                           void *context);
/* Whether each block in the rings has an account and a stack that there are. */
bool freed_blocks_check(void);

#endif
