/* block_parts: blocks that the program divides itself, as GLib does for valgrind.
 *
 *     whole  malloc's block; recorded with the family TRACE_BY_REQUEST once it has a part
 *     part   a live block of its own, in the table as any other
 *     a part lies in a whole, or in memory that no malloc gave
 *
 * A part that begins where its whole does is the one that the table finds there; the whole stands
 * apart then, in RARE.
 *
 * Parts live no longer than their whole: they are taken out with it, before its memory can be given
 * to another thread. When the program says so itself it is too late: GLib frees first.
 *
 * Failure leaves: the whole as it was, or the part unrecorded. */
#ifndef BLOCK_PARTS_H
#define BLOCK_PARTS_H

#include "tables/block_table.h"

static inline bool block_parts_is_whole(const struct block *block)
{
    return block->family == TRACE_BY_REQUEST && block->alignment_log2 == TRACE_WHOLE;
}
static inline bool block_parts_is_part(const struct block *block)
{
    return block->family == TRACE_BY_REQUEST && block->alignment_log2 == TRACE_PART;
}

/* The block at `candidate` if `part` can be one of its parts. */
bool block_parts_find_whole(const struct block *part, uint64_t candidate, struct block *whole);
/* The whole at an address, which may have its first part there. */
bool block_parts_whole_at(uint64_t address, struct block *whole);
/* The block of malloc's that the part lies in, wherever that begins. Looks at more of the table the
 * farther away that is, up to 64 MiB. */
bool block_parts_search_whole(const struct block *part, struct block *whole);
/* Records the part. */
bool block_parts_divide(const struct block *whole, const struct block *part);
/* Takes out all parts of a whole, which is out already, and tells of each. */
void block_parts_take(const struct block *whole,
                      void (*taken)(void *context, const struct block *part), void *context);

/* For the leak check, of blocks in the order of their addresses: leaves out every part, or every
 * whole that has one. How many blocks stay. */
size_t block_parts_leave_out_parts(struct trace_block *blocks, size_t count);
size_t block_parts_leave_out_wholes(struct trace_block *blocks, size_t count);

#endif
