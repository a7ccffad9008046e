/* chunk_table: an array that grows without ever moving, for any number of threads.
 *
 *     chunk k holds records first·(2^k − 1) … first·(2^(k+1) − 1) − 1,  first = 2^first_log2
 *
 * so that a record's chunk and position follow from its index by one count of leading zeros. Where
 * a chunk's memory comes from (private pages, the log) is the owner's choice, through `grow`.
 *
 * Growth: one thread wins a flag and makes the next chunk; the others wait for it, a bounded time,
 * because what they wait for are two system calls. A signal handler above the growing thread does
 * not wait, nor do callers that say so. What failure leaves: the table as it was; the record that
 * had no space is the caller's to count. */
#ifndef CHUNK_TABLE_H
#define CHUNK_TABLE_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define CHUNK_TABLE_CHUNKS 40

struct chunk_table {
    /* Memory for chunk `number`: `bytes` zeroed bytes, record `first` on; NULL when there is none.
     */
    void *(*grow)(struct chunk_table *, unsigned number, size_t bytes, uint64_t first);
    uint32_t record_size;
    uint32_t first_log2;
    uint32_t tag;        /* the owner's own */
    atomic_uint growing; /* a mark of the thread that grows it; 0: none does */
    atomic_bool full;    /* a grow failed: nothing more will fit */
    _Alignas(64) _Atomic(char *) chunk[CHUNK_TABLE_CHUNKS];
    _Alignas(64) atomic_uint_least64_t count; /* records claimed, from index 0 on */
};

static inline unsigned chunk_table_chunk_of(const struct chunk_table *table, uint64_t index)
{
    return 63u - (unsigned)__builtin_clzll((index >> table->first_log2) + 1);
}
static inline uint64_t chunk_table_first_of(const struct chunk_table *table, unsigned chunk)
{
    return ((1ull << chunk) - 1) << table->first_log2;
}
/* Where record `index` is; its chunk exists (the index came from a claim). Counted from one chunk
 * further back, chunk k begins at the power of two first·2^k. `with` its numbers where the compiler
 * knows them, on the way of every malloc. */
static inline void *chunk_table_at_with(const struct chunk_table *table, uint64_t index,
                                        uint32_t first_log2, uint32_t record_size)
{
    uint64_t position = index + (1ull << first_log2);
    unsigned bits = 63u - (unsigned)__builtin_clzll(position);
    char *memory = atomic_load_explicit(&table->chunk[bits - first_log2], memory_order_acquire);
    return memory + (position - (1ull << bits)) * record_size;
}
static inline void *chunk_table_at(const struct chunk_table *table, uint64_t index)
{
    return chunk_table_at_with(table, index, table->first_log2, table->record_size);
}

/* Makes sure that record `index` has memory. false: it has none and will not get any now. */
bool chunk_table_reserve(struct chunk_table *table, uint64_t index, bool may_wait);
/* Takes the next `records` records, all in one chunk; *index is the first. false: no space. */
bool chunk_table_claim(struct chunk_table *table, uint32_t records, bool may_wait, uint64_t *index);

/* Of the record that was claimed last: makes the next chunk, unless another thread does, when the
 * last quarter of this one has begun. So a signal handler above the growing thread finds space. */
void chunk_table_prepare(struct chunk_table *table, uint64_t index);

#endif
