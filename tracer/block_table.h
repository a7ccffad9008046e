/* block_table: address → size, stack and family of every live block, lock-free, in the log.
 *
 * Structure: open addressing with linear probing over 16-byte slots (struct trace_block).
 *
 *     home(A) = place of A's KiB (by a multiplicative hash) + A's 32-byte granule within the KiB
 *     a live address A lies in a slot home(A) + d (mod capacity) with 0 <= d <= reach
 *     where 0, state LIVE                 an empty slot
 *     reach = the greatest distance that an insert ever went in this generation
 *
 * A block is inserted once (the allocator gives an address to one owner at a time) and nearly every
 * search succeeds, so a removal just empties its slot, and any empty slot is good for any insert:
 * there are no tombstones to clean away, and an unsuccessful search ends after `reach` slots.
 *
 * Growth: when five of six slots are taken a new generation is made, of four times the size up to
 * 256 Ki slots (4 MiB) and of 3/2 the size from there on: two MiB at a time get their pages, and
 * when all have them it is listed. Inserts go there, and each insert, and each removal that had to
 * search, moves a few slots of the oldest generation. So no call pays for all. Per slot, one word
 * decides who has the block (see trace_block in trace_format.h):
 *
 *     mover    copies as ARRIVING · old: LIVE → MOVED · copy: ARRIVING → LIVE · old: → FROZEN
 *     remover  LIVE → empty; MOVED: the copy decides; ARRIVING counts only after a MOVED
 *
 * so exactly one of any number of concurrent removals of an address succeeds. An empty slot of an
 * old generation is FROZEN when it has been passed, so that a late insert cannot land there.
 *
 * Cost: an insert is one 16-byte compare-and-swap, a removal one 8-byte one (swap.h), usually on
 * one cache line. Of a large table, 16 bytes a slot are 19 to 29 bytes a live block; up to a
 * million slots it may be 77, and while blocks move the old generation is there as well.
 *
 * Failure leaves: the block unrecorded; the caller counts it. */
#ifndef BLOCK_TABLE_H
#define BLOCK_TABLE_H

#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct block {
    uint64_t address;
    uint64_t size;           /* as requested */
    uint32_t count;          /* its stack's record in COUNTS */
    uint32_t alignment_log2; /* 0: none was asked for */
    enum trace_family family;
};

/* Makes the first generation; false: no memory at all. */
bool block_table_begin(void);
/* Whether a thread is making the table larger. */
bool block_table_is_growing(void);
/* Records a block. *unflushed is the calling thread's, for the table's own bookkeeping.
 * false: no room. */
bool block_table_insert(const struct block *block, int32_t *unflushed);
/* Takes out the block that begins at `address`: true for exactly one of concurrent callers. */
bool block_table_remove(uint64_t address, struct block *block, int32_t *unflushed);
/* Brings a block's place near, for an insert or a removal that follows soon. */
void block_table_prefetch(uint64_t address);
/* Finds without taking; for reports on bad frees. */
bool block_table_find(uint64_t address, struct block *block);
/* How many blocks are live, but for up to 31 that each thread has not told of yet. */
uint64_t block_table_live(void);
/* Calls `visit` for every live block. Exact only while nobody inserts or removes. */
void block_table_for_each(void (*visit)(void *context, const struct trace_block *), void *context);
/* Checks the structure's rule; exact only while nobody inserts or removes. The count of live
 * blocks, or -1 if the rule is broken. */
int64_t block_table_check(void);

#endif
