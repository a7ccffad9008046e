#include "block_size.h"

#include "trace_log.h"

static struct trace_size *find_record(uint64_t address)
{
    uint64_t count = atomic_load_explicit(&trace_log_sizes.count, memory_order_acquire);
    for (uint64_t i = count; i-- > 1;) {
        if (!chunk_table_reserve(&trace_log_sizes, i, false))
            continue;
        struct trace_size *record = chunk_table_at(&trace_log_sizes, i);
        if (__atomic_load_n(&record->address, __ATOMIC_ACQUIRE) == address)
            return record;
    }
    return NULL;
}

bool block_size_put(uint64_t address, uint64_t size)
{
    uint64_t index;
    struct trace_size *record = find_record(0);
    uint64_t none = 0;
    /* 1 marks a record as taken while its size is written. A claimed record is nobody's until then:
     * to every other thread it is an empty one. */
    while (!record || !__atomic_compare_exchange_n(&record->address, &none, 1, false,
                                                   __ATOMIC_ACQUIRE, __ATOMIC_RELAXED)) {
        if (!chunk_table_claim(&trace_log_sizes, 1, true, &index))
            return false;
        record = chunk_table_at(&trace_log_sizes, index);
        none = 0;
    }
    /* Relaxed, as its readers': the address is what tells them that it is there. */
    __atomic_store_n(&record->size, size, __ATOMIC_RELAXED);
    __atomic_store_n(&record->address, address, __ATOMIC_RELEASE);
    return true;
}

uint64_t block_size_take(uint64_t address)
{
    struct trace_size *record = find_record(address);
    uint64_t size =
        record ? __atomic_load_n(&record->size, __ATOMIC_RELAXED) : TRACE_SIZE_ELSEWHERE;
    if (record)
        __atomic_store_n(&record->address, 0, __ATOMIC_RELEASE);
    return size;
}

uint64_t block_size_of(const struct trace_block *block)
{
    uint64_t size = trace_block_size(block->what);
    if (size != TRACE_SIZE_ELSEWHERE)
        return size;
    const struct trace_size *record = find_record(trace_block_address(block->where));
    return record ? __atomic_load_n(&record->size, __ATOMIC_RELAXED) : size;
}
