#include "tables/block_rare.h"

#include "log/trace_log.h"

/* In block.where: a thread is filling it, or has taken the block out. It has no address. */
static const uint64_t in_work = 1ull << 63;

static struct trace_rare *at(uint64_t index)
{
    return chunk_table_reserve(&trace_log_rare, index, false)
               ? chunk_table_at(&trace_log_rare, index)
               : NULL;
}

/* The record of the block at `address`; of 0, an empty one. */
static struct trace_rare *find_record(uint64_t address)
{
    for (uint64_t i = atomic_load_explicit(&trace_log_rare.count, memory_order_acquire); i-- > 1;) {
        struct trace_rare *record = at(i);
        uint64_t where = record ? __atomic_load_n(&record->block.where, __ATOMIC_ACQUIRE) : in_work;
        if (address ? trace_block_address(where) == address : where == 0)
            return record;
    }
    return NULL;
}

static bool swap(struct trace_rare *record, uint64_t from, uint64_t to)
{
    return __atomic_compare_exchange_n(&record->block.where, &from, to, false, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

/* A record for this thread to fill; NULL: no space. */
static struct trace_rare *claim(void)
{
    uint64_t index;
    struct trace_rare *record = find_record(0);
    while (!record || !swap(record, 0, in_work)) {
        if (!chunk_table_claim(&trace_log_rare, 1, true, &index))
            return NULL;
        /* Until it is in work it is to every other thread an empty one. */
        record = chunk_table_at(&trace_log_rare, index);
    }
    return record;
}

bool block_rare_put(struct trace_block block, uint64_t size)
{
    struct trace_rare *record = claim();
    if (!record)
        return false;
    uint64_t short_size = size < TRACE_SIZE_ELSEWHERE ? size : TRACE_SIZE_ELSEWHERE;
    /* Relaxed, as its readers': `where` is what tells them that it is there. */
    __atomic_store_n(&record->block.what, (block.what & ~TRACE_SIZE_ELSEWHERE) | short_size,
                     __ATOMIC_RELAXED);
    __atomic_store_n(&record->size, size, __ATOMIC_RELAXED);
    __atomic_store_n(&record->block.where, block.where, __ATOMIC_RELEASE);
    return true;
}

static void copy(struct trace_rare *found, const struct trace_rare *record, uint64_t where)
{
    found->block.where = where;
    found->block.what = __atomic_load_n(&record->block.what, __ATOMIC_RELAXED);
    found->size = __atomic_load_n(&record->size, __ATOMIC_RELAXED);
}

bool block_rare_find(uint64_t address, struct trace_rare *found)
{
    const struct trace_rare *record = find_record(address);
    if (record)
        copy(found, record, __atomic_load_n(&record->block.where, __ATOMIC_ACQUIRE));
    return record && trace_block_address(found->block.where) == address;
}

bool block_rare_take(uint64_t address, struct trace_rare *found)
{
    struct trace_rare *record;
    while ((record = find_record(address))) {
        uint64_t where = __atomic_load_n(&record->block.where, __ATOMIC_ACQUIRE);
        if (trace_block_address(where) != address || !swap(record, where, in_work))
            continue;
        copy(found, record, where);
        __atomic_store_n(&record->block.where, 0, __ATOMIC_RELEASE);
        return true;
    }
    return false;
}

uint64_t block_rare_size(const struct trace_block *block)
{
    struct trace_rare found;
    uint64_t size = trace_block_size(block->what);
    if (size == TRACE_SIZE_ELSEWHERE && block_rare_find(trace_block_address(block->where), &found))
        size = found.size;
    return size;
}

void block_rare_for_each(void (*visit)(void *context, const struct trace_block *), void *context)
{
    uint64_t count = atomic_load_explicit(&trace_log_rare.count, memory_order_acquire);
    for (uint64_t i = 1; i < count; i++) {
        const struct trace_rare *record = at(i);
        uint64_t where = record ? __atomic_load_n(&record->block.where, __ATOMIC_ACQUIRE) : in_work;
        struct trace_rare found;
        if (trace_block_address(where) == 0)
            continue;
        copy(&found, record, where);
        visit(context, &found.block);
    }
}
