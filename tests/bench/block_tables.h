/* block_tables: designs of the block table that block_tables.c compares, behind one interface. They
 * keep their records in extents of the log, as the tracer does. */
#ifndef BLOCK_TABLES_H
#define BLOCK_TABLES_H

#include "tables/block_table.h"

#include <stdatomic.h>

struct design {
    const char *name;
    bool (*begin)(void);
    bool (*insert)(const struct block *block);
    bool (*remove)(uint64_t address, struct block *block);
    uint64_t (*bytes)(void); /* storage that is taken now */
};

extern const struct design design_leaves; /* tracer/tables/block_table.c */
extern const struct design design_radix; /* a slot for each granule of 16 bytes of a touched page */
extern const struct design design_lines; /* lines of four slots for each 256 bytes of heap */

/* A block's two words, as in the log. */
static inline uint64_t block_where(const struct block *block)
{
    return block->address | (uint64_t)block->family << TRACE_FAMILY_SHIFT |
           (uint64_t)block->alignment_log2 << TRACE_ALIGNMENT_SHIFT;
}
static inline uint64_t block_what(const struct block *block)
{
    return block->size | (uint64_t)block->account << TRACE_SIZE_BITS;
}
static inline void block_unpack(uint64_t where, uint64_t what, struct block *block)
{
    block->address = trace_block_address(where);
    block->size = trace_block_size(what);
    block->account = trace_block_account(what);
    block->alignment_log2 = trace_block_alignment_log2(where);
    block->family = trace_block_family(where);
}

/* Where the designs have their room from: extents of 4 MB, cut into pieces. A piece's number is its
 * place; 0 is none. */
#define STORE_EXTENT_LOG2 22u
#define STORE_EXTENTS     1000u
struct store {
    unsigned piece_log2; /* bytes of a piece */
    uint64_t used;       /* pieces given out */
    char *extent[STORE_EXTENTS];
    atomic_flag growing;
};

/* A zeroed piece's number, 0 without room. */
uint32_t store_take(struct store *store);
static inline void *store_at(struct store *store, uint32_t number)
{
    unsigned in_extent_log2 = STORE_EXTENT_LOG2 - store->piece_log2;
    char *extent = __atomic_load_n(&store->extent[number >> in_extent_log2], __ATOMIC_ACQUIRE);
    return extent + ((size_t)(number & ((1u << in_extent_log2) - 1)) << store->piece_log2);
}
/* Bytes of the pieces given out; the rest of the last extent would be another's. */
uint64_t store_bytes(const struct store *store);

#endif
