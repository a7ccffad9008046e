/* block_table: address → size, stack and family of every live block, lock-free, in the log.
 *
 * Structure: the blocks that begin in one 4 KiB page stand in that page's leaf, an open-addressing
 * table of 8 to 512 places of one word each (trace_format.h); a radix tree leads from the page to
 * its leaf (block_region).
 *
 *     home(A) = (A mod 4 KiB) >> 5 (mod places), so that neighbours lie together
 *     a live block A lies in place home(A) + d (mod places) with 0 <= d < 24
 *
 * A block is inserted once (the allocator gives an address to one owner at a time) and nearly every
 * search succeeds, so a removal just empties its place, and any empty place is good for any insert:
 * there are no tombstones, and a search that fails ends after 24 places.
 *
 * Growth: where an insert finds no empty place near home, its leaf is replaced by one of twice the
 * places. All places of the old one are frozen, one by one; from then on nobody can change it, so
 * whoever comes along can copy it, and any copy is as good as another: the first one whose word is
 * put in the old one's place is the leaf. Whoever meets a frozen place does that work too, so no
 * thread ever waits for another. Old leaves are never used again, and a word never has a value
 * twice, so a thread that was delayed can do no harm with what it knows.
 *
 * A page gets its first leaf half as large as its neighbour's has become: so of a dense heap each
 * page's blocks are copied once.
 *
 * Cost: an insert or removal is one 8-byte compare-and-swap (swap.h), on a line that the blocks
 * around share. Of blocks that lie close, 8 bytes a place are 13 to 22 bytes a block, old leaves
 * included; a block that is alone in its page has 64.
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
