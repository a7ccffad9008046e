/* kept_blocks: freed blocks that are kept from being given out again, for a while (--freelist-vol,
 * --guard).
 *
 * Each thread has two rings of bytes, one for blocks of --freelist-big-blocks and more, which leave
 * first. A kept block is a record in one of them, followed by a copy of what the block held:
 *
 *     ring    tail … [record, copy] [record, copy] … head
 *     volume  the sum of `size` over all records of all rings, which is kept below --freelist-vol
 *
 * The thread puts at the head of its own; whoever finds the volume too large takes from a tail,
 * also another thread's. So a ring has a word that says that somebody is at it. It is no lock:
 * nobody waits for it, but goes to another ring, or keeps the block not. */
#ifndef KEPT_BLOCKS_H
#define KEPT_BLOCKS_H

#include "tables/thread.h"

struct kept_block {
    uint64_t address; /* 0: the rest of the ring is empty */
    uint64_t size;
    uint64_t moved_to; /* by realloc */
    uint32_t account;
    uint32_t stack_freed;
    uint32_t length; /* of the record with its copy, in bytes */
    uint32_t copied; /* how many of the block's bytes are behind it */
};

/* What happens to a block that leaves: it is looked at, and given back. */
typedef void kept_blocks_leave(const struct kept_block *block, const void *copy);

/* Called once, with one thread. */
void kept_blocks_begin(uint64_t volume, uint64_t big, kept_blocks_leave *leave);
/* Keeps a block, with a copy of so many bytes at most. *copy: where its copy is until it leaves.
 * `thread` may be NULL. false: it is not kept. */
bool kept_blocks_put(struct thread *thread, const struct kept_block *block, uint32_t copy_max,
                     const void **copy);
/* Lets the oldest leave, as long as there is too much. */
void kept_blocks_trim(struct thread *thread);
/* Where the block was freed that the thread has put last, which was not known then. */
void kept_blocks_tell(struct thread *thread, const struct kept_block *block);

/* The kept block that holds an address, or begins there. */
bool kept_blocks_find(uint64_t address, bool interior, struct kept_block *block);
/* Each kept block, with its copy. Rings that others are at are left out after a while. */
void kept_blocks_for_each(void (*visit)(void *context, const struct kept_block *block,
                                        const void *copy),
                          void *context);

#endif
