#include "freed_table.h"

#include "pages.h"

#include <stdatomic.h>

/* Written by any thread without a lock: `where` is cleared first and stored last, so that a reader
 * that finds it unchanged around its reads has read one block. */
struct place {
    atomic_uint_least64_t where; /* as in trace_block */
    atomic_uint_least64_t what;  /* as in trace_block */
    atomic_uint stack_freed;
};

static struct place *places;

static struct place *place_of(uint64_t address)
{
    return &places[(address >> 4) * 0x9e3779b97f4a7c15u >> 49];
}
_Static_assert(FREED_TABLE_PLACES == 1u << 15, "place_of takes 15 bits");

bool freed_table_begin(void)
{
    places = pages_map(FREED_TABLE_PLACES * sizeof *places);
    return places != NULL;
}

void freed_table_put(const struct block *block, uint32_t stack_freed)
{
    if (!places)
        return;
    struct place *place = place_of(block->address);
    uint64_t size = block->size < TRACE_SIZE_ELSEWHERE ? block->size : TRACE_SIZE_ELSEWHERE;
    atomic_store_explicit(&place->where, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&place->what, size | (uint64_t)block->stack << TRACE_SIZE_BITS, memory_order_relaxed);
    atomic_store_explicit(&place->stack_freed, stack_freed, memory_order_relaxed);
    /* Release: who sees the address sees the rest. */
    atomic_store_explicit(&place->where,
                          block->address | (uint64_t)block->family << TRACE_FAMILY_SHIFT |
                              (uint64_t)block->alignment_log2 << TRACE_ALIGNMENT_SHIFT,
                          memory_order_release);
}

static bool read_place(const struct place *place, struct block *block, uint32_t *stack_freed)
{
    uint64_t where = atomic_load_explicit(&place->where, memory_order_acquire);
    uint64_t what = atomic_load_explicit(&place->what, memory_order_relaxed);
    *stack_freed = atomic_load_explicit(&place->stack_freed, memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    block->address = trace_block_address(where);
    block->size = trace_block_size(what);
    block->stack = trace_block_stack(what);
    block->family = trace_block_family(where);
    block->alignment_log2 = trace_block_alignment_log2(where);
    return where != 0 && atomic_load_explicit(&place->where, memory_order_relaxed) == where;
}

bool freed_table_find(uint64_t address, bool interior, struct block *block, uint32_t *stack_freed)
{
    if (!places)
        return false;
    if (read_place(place_of(address), block, stack_freed) && block->address == address)
        return true;
    for (size_t i = 0; interior && i < FREED_TABLE_PLACES; i++)
        if (read_place(&places[i], block, stack_freed) && address - block->address < block->size)
            return true;
    return false;
}
