#include "suffix_cache.h"

#include "pages.h"
#include "stack_table.h"
#include "trace_format.h"

/* Sets of four, half a cache line; the newest comes first and the oldest goes. */
#define SETS_LOG2 13u
#define WAYS      4u

typedef atomic_uint_least64_t place; /* upper half of the hash · innermost node */
static place *places;

static uint64_t hash_of(const struct walk *walk, uint32_t outside, uintptr_t function)
{
    uint64_t hash = outside ^ function << 20;
    for (uint32_t i = 0; i < walk->fresh_count; i++)
        hash = (hash ^ hash >> 29 ^ walk->thread->fresh[i].return_address) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* Whether `node` is the fresh part inside `outside`; gives the fresh frames their nodes. */
static bool is_suffix(const struct walk *walk, uint32_t node, uint32_t outside, uintptr_t function)
{
    uintptr_t address;
    uint32_t parent = stack_table_read(node, &address);
    if (address != function + 1)
        return false;
    for (uint32_t i = 0; i < walk->fresh_count; i++) {
        struct thread_frame *frame = &walk->thread->fresh[i];
        if (parent <= TRACE_NODE_CUT)
            return false;
        frame->node = parent;
        parent = stack_table_read(parent, &address);
        if (address != frame->return_address)
            return false;
    }
    return parent == outside;
}

static __attribute__((noinline)) uint32_t intern_each(const struct walk *walk, uint32_t outside,
                                                      uintptr_t function)
{
    uint32_t node = outside;
    for (uint32_t i = walk->fresh_count; i-- > 0;) {
        struct thread_frame *frame = &walk->thread->fresh[i];
        frame->node = node = stack_table_intern(node, frame->return_address, true);
        if (node == 0)
            return 0;
    }
    return function ? stack_table_intern(node, function + 1, true) : node;
}

static void put_first(place *set, uint64_t entry)
{
    for (unsigned way = WAYS - 1; way > 0; way--)
        atomic_store_explicit(&set[way], atomic_load_explicit(&set[way - 1], memory_order_relaxed),
                              memory_order_relaxed);
    atomic_store_explicit(&set[0], entry, memory_order_release);
}

uint32_t suffix_cache_intern(const struct walk *walk, uint32_t outside, uintptr_t function)
{
    uint64_t hash = hash_of(walk, outside, function);
    place *set = &places[(hash & ((1u << SETS_LOG2) - 1)) * WAYS];
    for (unsigned way = 0; way < WAYS; way++) {
        uint64_t there = atomic_load_explicit(&set[way], memory_order_acquire);
        uint32_t node = (uint32_t)there;
        if (there >> 32 == hash >> 32 && node && is_suffix(walk, node, outside, function))
            return node;
    }
    uint32_t node = intern_each(walk, outside, function);
    if (node && function)
        put_first(set, (hash >> 32) << 32 | node);
    return node;
}

void suffix_cache_forget(void)
{
    for (size_t i = 0; i < WAYS << SETS_LOG2; i++)
        atomic_store_explicit(&places[i], 0, memory_order_relaxed);
}

bool suffix_cache_begin(void)
{
    places = pages_map(sizeof *places * WAYS << SETS_LOG2);
    return places != NULL;
}
