#include "freed_table.h"

#include "pages.h"

#include <stdatomic.h>

/* One cache line. Places are taken in turn, so that the oldest block goes first. They are written
 * by any thread without a lock: `where` is cleared first and stored last, so that a reader that
 * finds it unchanged around its reads has read one block. */
#define WAYS 3u
struct set {
    atomic_uint_least64_t where[WAYS]; /* address, family as in trace_block; size's upper bits */
    atomic_uint size[WAYS];            /* its lower 32 bits */
    atomic_uint count[WAYS];
    atomic_uint stack_freed[WAYS];
    atomic_uint latest;
};
#define SETS            (1u << 14)
#define SIZE_HIGH_SHIFT 53u /* of `where`: 11 bits, so that sizes are exact up to 8 TiB */
#define SIZE_MAX_HELD   ((1ull << (32 + 64 - SIZE_HIGH_SHIFT)) - 1)

static struct set *sets;

/* Twice: one multiplication turns the even strides of an allocator into clusters. */
static inline struct set *set_of(uint64_t address)
{
    uint64_t mixed = (address >> 4) * 0x9e3779b97f4a7c15u;
    return &sets[(mixed ^ mixed >> 32) * 0x9e3779b97f4a7c15u >> 50];
}
_Static_assert(SETS == 1u << 14, "set_of takes 14 bits");
_Static_assert(SETS *WAYS == FREED_TABLE_PLACES, "the header says how many");
_Static_assert(sizeof(struct set) == 64, "one cache line");
_Static_assert(TRACE_FAMILY_SHIFT + 3 == SIZE_HIGH_SHIFT, "where has room for the family");

/* The next place in turn; a block that is freed over and over keeps its own. */
static inline unsigned place_for(struct set *set, uint64_t address)
{
    unsigned latest = atomic_load_explicit(&set->latest, memory_order_relaxed);
    uint64_t where = atomic_load_explicit(&set->where[latest], memory_order_relaxed);
    if (where && trace_block_address(where) != address) {
        latest = latest + 1 < WAYS ? latest + 1 : 0;
        atomic_store_explicit(&set->latest, latest, memory_order_relaxed);
    }
    return latest;
}

bool freed_table_begin(void)
{
    sets = pages_map(SETS * sizeof *sets);
    return sets != NULL;
}

void freed_table_prefetch(uint64_t address)
{
    __builtin_prefetch(set_of(address), 1);
}

void freed_table_put(const struct block *block, uint32_t stack_freed)
{
    if (!sets)
        return;
    struct set *set = set_of(block->address);
    unsigned place = place_for(set, block->address);
    uint64_t size = block->size < SIZE_MAX_HELD ? block->size : SIZE_MAX_HELD;
    atomic_store_explicit(&set->where[place], 0, memory_order_relaxed);
    atomic_thread_fence(memory_order_release);
    atomic_store_explicit(&set->size[place], (uint32_t)size, memory_order_relaxed);
    atomic_store_explicit(&set->count[place], block->count, memory_order_relaxed);
    atomic_store_explicit(&set->stack_freed[place], stack_freed, memory_order_relaxed);
    /* Release: who sees the address sees the rest. */
    atomic_store_explicit(&set->where[place],
                          block->address | (uint64_t)block->family << TRACE_FAMILY_SHIFT |
                              size >> 32 << SIZE_HIGH_SHIFT,
                          memory_order_release);
}

static bool read_place(const struct set *set, unsigned place, struct block *block,
                       uint32_t *stack_freed)
{
    uint64_t where = atomic_load_explicit(&set->where[place], memory_order_acquire);
    uint32_t size = atomic_load_explicit(&set->size[place], memory_order_relaxed);
    block->count = atomic_load_explicit(&set->count[place], memory_order_relaxed);
    *stack_freed = atomic_load_explicit(&set->stack_freed[place], memory_order_relaxed);
    atomic_thread_fence(memory_order_acquire);
    block->address = trace_block_address(where);
    block->size = where >> SIZE_HIGH_SHIFT << 32 | size;
    block->family = trace_block_family(where);
    block->alignment_log2 = 0;
    return where != 0 && atomic_load_explicit(&set->where[place], memory_order_relaxed) == where;
}

/* The latest first: an address may have been freed before. */
static bool find_in_set(const struct set *set, uint64_t address, bool interior, struct block *block,
                        uint32_t *stack_freed)
{
    unsigned latest = atomic_load_explicit(&set->latest, memory_order_relaxed);
    for (unsigned age = 0; age < WAYS; age++)
        if (read_place(set, (latest + WAYS - age) % WAYS, block, stack_freed) &&
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
