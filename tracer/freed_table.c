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

/* The places are taken in turn, so that the oldest block goes first. Two cache lines. */
#define WAYS 5u
struct set {
    struct place places[WAYS];
    atomic_uint latest;
};
#define SETS (1u << 13)

static struct set *sets;

/* Twice: one multiplication turns the even strides of an allocator into clusters. */
static struct set *set_of(uint64_t address)
{
    uint64_t mixed = (address >> 4) * 0x9e3779b97f4a7c15u;
    return &sets[(mixed ^ mixed >> 32) * 0x9e3779b97f4a7c15u >> 51];
}
_Static_assert(SETS == 1u << 13, "set_of takes 13 bits");
_Static_assert(SETS *WAYS == FREED_TABLE_PLACES, "the header says how many");
_Static_assert(sizeof(struct set) == 128, "two cache lines");

/* The next place in turn; a block that is freed over and over keeps its own. */
static struct place *place_for(struct set *set, uint64_t address)
{
    unsigned latest = atomic_load_explicit(&set->latest, memory_order_relaxed);
    uint64_t where = atomic_load_explicit(&set->places[latest].where, memory_order_relaxed);
    if (where && trace_block_address(where) != address) {
        latest = latest + 1 < WAYS ? latest + 1 : 0;
        atomic_store_explicit(&set->latest, latest, memory_order_relaxed);
    }
    return &set->places[latest];
}

bool freed_table_begin(void)
{
    sets = pages_map(SETS * sizeof *sets);
    return sets != NULL;
}

void freed_table_put(const struct block *block, uint32_t stack_freed)
{
    if (!sets)
        return;
    struct place *place = place_for(set_of(block->address), block->address);
    uint64_t size = block->size < TRACE_SIZE_ELSEWHERE ? block->size : TRACE_SIZE_ELSEWHERE;
    atomic_store_explicit(&place->where, 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&place->what, size | (uint64_t)block->stack << TRACE_SIZE_BITS,
                          memory_order_relaxed);
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

/* The latest first: an address may have been freed before. */
static bool find_in_set(const struct set *set, uint64_t address, bool interior, struct block *block,
                        uint32_t *stack_freed)
{
    unsigned latest = atomic_load_explicit(&set->latest, memory_order_relaxed);
    for (unsigned age = 0; age < WAYS; age++)
        if (read_place(&set->places[(latest + WAYS - age) % WAYS], block, stack_freed) &&
            (interior ? address - block->address < block->size : address == block->address))
            return true;
    return false;
}

bool freed_table_find(uint64_t address, bool interior, struct block *block, uint32_t *stack_freed)
{
    if (!sets)
        return false;
    if (find_in_set(set_of(address), address, false, block, stack_freed))
        return true;
    for (size_t i = 0; interior && i < SETS; i++)
        if (find_in_set(&sets[i], address, true, block, stack_freed))
            return true;
    return false;
}
