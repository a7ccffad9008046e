#include "suffix_cache.h"

#include "pages.h"
#include "stack_table.h"
#include "trace_format.h"

#define PLACES_LOG2 15u

static atomic_uint_least64_t *places; /* upper half of the hash · innermost node */

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

uint32_t suffix_cache_intern(const struct walk *walk, uint32_t outside, uintptr_t function)
{
    uint64_t hash = hash_of(walk, outside, function);
    atomic_uint_least64_t *place = &places[hash & ((1u << PLACES_LOG2) - 1)];
    uint64_t there = atomic_load_explicit(place, memory_order_acquire);
    uint32_t node = (uint32_t)there;
    if (there >> 32 == hash >> 32 && node && is_suffix(walk, node, outside, function))
        return node;
    node = intern_each(walk, outside, function);
    if (node && function)
        atomic_store_explicit(place, (hash >> 32) << 32 | node, memory_order_release);
    return node;
}

void suffix_cache_forget(void)
{
    for (size_t i = 0; i < 1u << PLACES_LOG2; i++)
        atomic_store_explicit(&places[i], 0, memory_order_relaxed);
}

bool suffix_cache_begin(void)
{
    places = pages_map(sizeof *places << PLACES_LOG2);
    return places != NULL;
}
