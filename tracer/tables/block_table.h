/* block_table: address → size, stack and family of every live block, lock-free, in the log.
 *
 * Structure: the blocks that begin in one 4 KiB page stand in that page's leaf, an open-addressing
 * table of 8 to 512 slots of one word each (trace_format.h); a radix tree leads from the page to
 * its leaf (block_region).
 *
 *     home(A) = (A mod 4 KiB) >> 5 (mod slots), so that neighbours lie together
 *     a live block A lies in slot home(A) + d (mod slots) with 0 <= d < 24
 *
 * A block is inserted once (the allocator gives an address to one owner at a time) and nearly every
 * search succeeds, so a removal just empties its slot, and any empty slot is good for any insert:
 * there are no tombstones, and a search that fails ends after 24 slots.
 *
 * Growth: where an insert finds no empty slot near home, its leaf is replaced by one of twice the
 * slots. All slots of the old one are frozen, one by one; from then on nobody can change it, so
 * whoever comes along can copy it, and any copy is as good as another: the first one whose word is
 * put in the old one's place is the leaf. Whoever meets a frozen slot does that work too, so no
 * thread ever waits for another. Old leaves are never used again, and a word never has a value
 * twice, so a thread that was delayed can do no harm with what it knows.
 *
 * A page gets its first leaf half as large as its neighbour's has become: so of a dense heap each
 * page's blocks are copied once.
 *
 * Cost: an insert or removal is one 8-byte compare-and-swap (swap.h), on a line that the blocks
 * around share. Of blocks that lie close, 8 bytes a slot are 13 to 22 bytes a block, old leaves
 * included; a block that is alone in its page has 64.
 *
 * Failure leaves: the block unrecorded; the caller counts it. */
#ifndef BLOCK_TABLE_H
#define BLOCK_TABLE_H

#include "os/swap.h"
#include "tables/block_region.h"
#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uint64_t address;
    uint64_t size;           /* as requested */
    uint32_t account;        /* its stack's record in ACCOUNTS */
    uint32_t alignment_log2; /* 0: none was asked for */
    enum trace_family family;
};

/* Records a block. false: no space. */
bool block_table_insert(const struct block *block);
/* The same, for one that has another at its address, which is then the one that is found. */
bool block_table_insert_apart(const struct block *block);
/* Takes out the block that begins at `address`: true for exactly one of concurrent callers. */
bool block_table_remove(uint64_t address, struct block *block);
/* Where the block at `address` belongs, for the two below; brings it near. Any address will do. */
static inline uint64_t *block_table_home(uint64_t address);
/* The same as the two above, for callers that know its home by now. */
static inline bool block_table_insert_at(uint64_t *home, const struct block *block);
static inline bool block_table_remove_at(uint64_t *home, uint64_t address, struct block *block);
/* Finds without taking; for reports on bad frees. */
bool block_table_find(uint64_t address, struct block *block);
/* Calls `visit` for every live block. Exact only while nobody inserts or removes. */
void block_table_for_each(void (*visit)(void *context, const struct trace_block *), void *context);
/* The same for those that have a slot in a leaf, in the order of their addresses. */
void block_table_for_each_in_leaves(void (*visit)(void *context, const struct trace_block *),
                                    void *context);
/* The same for those that begin in begin … end - 1 and have a slot in a leaf. `visit` may remove
 * the one that it is told of. */
void block_table_for_each_within(uint64_t begin, uint64_t end,
                                 void (*visit)(void *context, const struct trace_block *),
                                 void *context);
/* Checks the structure's rule; exact only while nobody inserts or removes. The count of live
 * blocks, or -1 if the rule is broken. */
int64_t block_table_check(void);

/* --- the usual case: a block that is at home ----------------------------- */

/* A frozen slot, the home of blocks whose page has no leaf. */
extern uint64_t block_table_nowhere __attribute__((visibility("hidden")));

static inline uint64_t *block_table_slots(uint64_t leaf)
{
    return (uint64_t *)(uintptr_t)trace_leaf_address(leaf);
}

/* Neighbours have neighbouring homes, and what is too much for one part of a page does not come on
 * top of what is next to it. The granule that has a home of its own, if there are as many, is
 * in the leaf's word. */
static inline uint64_t block_table_home_in(uint64_t leaf, uint64_t address)
{
    return (address & (TRACE_LEAF_SPAN - 1)) >> (leaf & 63) & leaf >> 48;
}

static inline uint64_t *block_table_home(uint64_t address)
{
    const uint64_t *word = block_region_word(address & ((1ull << TRACE_ADDRESS_BITS) - 1));
    uint64_t leaf = word ? __atomic_load_n(word, __ATOMIC_ACQUIRE) : 0;
    if (__builtin_expect(!leaf, 0))
        return &block_table_nowhere;
    uint64_t *home = block_table_slots(leaf) + block_table_home_in(leaf, address);
    __builtin_prefetch(home, 1);
    return home;
}

/* What of a slot tells a block from the others in its leaf, and says that it is there. */
static inline uint64_t block_table_identity(uint64_t address)
{
    return (address & (TRACE_LEAF_SPAN - 1)) / 8 | TRACE_SLOT_TAKEN;
}

static inline uint64_t block_table_pack(const struct block *block)
{
    return block_table_identity(block->address) |
           (uint64_t)block->family << TRACE_SLOT_FAMILY_SHIFT |
           (uint64_t)block->alignment_log2 << TRACE_SLOT_ALIGNMENT_SHIFT |
           (uint64_t)block->account << TRACE_SLOT_ACCOUNT_SHIFT |
           block->size << TRACE_SLOT_SIZE_SHIFT;
}

static inline void block_table_unpack(uint64_t slot, uint64_t address, struct block *block)
{
    block->address = address;
    block->size = slot >> TRACE_SLOT_SIZE_SHIFT;
    block->account = (uint32_t)(slot >> TRACE_SLOT_ACCOUNT_SHIFT) & TRACE_ACCOUNT_MAX;
    block->alignment_log2 =
        (uint32_t)(slot >> TRACE_SLOT_ALIGNMENT_SHIFT) & (TRACE_SLOT_ALIGNMENTS - 1);
    block->family = (enum trace_family)(slot >> TRACE_SLOT_FAMILY_SHIFT & 3);
}

static inline bool block_table_fits_a_slot(const struct block *block)
{
    return (block->size / TRACE_SLOT_SIZES | (block->address & 7) |
            block->alignment_log2 / TRACE_SLOT_ALIGNMENTS) == 0;
}

static inline bool block_table_insert_at(uint64_t *home, const struct block *block)
{
    struct block copy = *block; /* so that the block itself stays in registers */
    return (__builtin_expect(block_table_fits_a_slot(block), 1) &&
            __atomic_load_n(home, __ATOMIC_RELAXED) == 0 &&
            swap_word(home, 0, block_table_pack(block))) ||
           block_table_insert(&copy);
}

static inline bool block_table_remove_at(uint64_t *home, uint64_t address, struct block *block)
{
    const uint64_t no_slot = ~((1ull << TRACE_ADDRESS_BITS) - 1) | 7;
    const uint64_t identity = TRACE_SLOT_OFFSET_MASK | TRACE_SLOT_TAKEN | TRACE_SLOT_FROZEN;
    uint64_t there = __atomic_load_n(home, __ATOMIC_ACQUIRE);
    if ((there & identity) == block_table_identity(address) && (address & no_slot) == 0 &&
        swap_word(home, there, 0)) {
        block_table_unpack(there, address, block);
        return true;
    }
    struct block other;
    if (!block_table_remove(address, &other))
        return false;
    *block = other;
    return true;
}

#endif
