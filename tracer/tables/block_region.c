#include "tables/block_region.h"

#include "log/trace_log.h"
#include "os/pages.h"

#include <string.h>

_Atomic(struct block_directory *) block_directories[BLOCK_DIRECTORIES];

/* What another thread makes at the same time stays unused: of a directory, address space; of a
 * region, a record without leaves. */

static struct block_directory *make_directory(uint64_t address)
{
    _Atomic(struct block_directory *) *slot =
        &block_directories[address >> (TRACE_REGION_SPAN_LOG2 + BLOCK_DIRECTORY_LOG2)];
    struct block_directory *there = atomic_load_explicit(slot, memory_order_acquire);
    if (there)
        return there;
    struct block_directory *made = pages_map(sizeof *made);
    if (!made)
        return NULL;
    return atomic_compare_exchange_strong_explicit(slot, &there, made, memory_order_acq_rel,
                                                   memory_order_acquire)
               ? made
               : there;
}

static struct trace_region *make_region(struct block_directory *directory, uint64_t address)
{
    _Atomic(struct trace_region *) *slot =
        &directory->regions[address >> TRACE_REGION_SPAN_LOG2 & ((1u << BLOCK_DIRECTORY_LOG2) - 1)];
    struct trace_region *there = atomic_load_explicit(slot, memory_order_acquire);
    uint64_t index;
    if (there)
        return there;
    if (!chunk_table_claim(&trace_log_regions, 1, true, &index))
        return NULL;
    chunk_table_prepare(&trace_log_regions, index);
    struct trace_region *made = chunk_table_at(&trace_log_regions, index);
    /* Before any thread finds it: a reader of the log knows where its leaves belong. */
    __atomic_store_n(&made->begin, trace_region_address(address) + 1, __ATOMIC_RELEASE);
    return atomic_compare_exchange_strong_explicit(slot, &there, made, memory_order_acq_rel,
                                                   memory_order_acquire)
               ? made
               : there;
}

uint64_t *block_region_make(uint64_t address)
{
    struct block_directory *directory = make_directory(address);
    struct trace_region *region = directory ? make_region(directory, address) : NULL;
    return region ? &region->leaves[address >> TRACE_LEAF_SPAN_LOG2 & (TRACE_REGION_LEAVES - 1)]
                  : NULL;
}

uint64_t block_region_leaf(uint32_t slots)
{
    uint64_t index;
    uint32_t lines = slots / TRACE_LEAF_SLOTS_MIN;
    if (!chunk_table_claim(&trace_log_blocks, lines, true, &index))
        return 0;
    chunk_table_prepare(&trace_log_blocks, index);
    return (uintptr_t)chunk_table_at(&trace_log_blocks, index);
}

struct visitor {
    void (*visit)(void *context, uint64_t page, uint64_t leaf);
    void *context;
};

static void visit_region(const struct visitor *visitor, const struct trace_region *region)
{
    uint64_t begin = __atomic_load_n(&region->begin, __ATOMIC_ACQUIRE);
    for (uint64_t page = 0; begin && page < TRACE_REGION_LEAVES; page++) {
        uint64_t leaf = __atomic_load_n(&region->leaves[page], __ATOMIC_ACQUIRE);
        if (leaf)
            visitor->visit(visitor->context, trace_region_address(begin) + page * TRACE_LEAF_SPAN,
                           leaf);
    }
}

void block_region_for_each(void (*visit)(void *, uint64_t, uint64_t), void *context)
{
    const struct visitor visitor = {visit, context};
    for (unsigned i = 0; i < BLOCK_DIRECTORIES; i++) {
        struct block_directory *directory =
            atomic_load_explicit(&block_directories[i], memory_order_acquire);
        for (unsigned k = 0; directory && k < 1u << BLOCK_DIRECTORY_LOG2; k++) {
            const struct trace_region *region =
                atomic_load_explicit(&directory->regions[k], memory_order_acquire);
            if (region)
                visit_region(&visitor, region);
        }
    }
}

static void add_size(void *context, uint64_t page, uint64_t leaf)
{
    (void)page;
    *(size_t *)context += trace_leaf_slots(leaf) * sizeof(uint64_t);
}

size_t block_region_leaves_size(void)
{
    size_t size = 0;
    block_region_for_each(add_size, &size);
    return size;
}

static void move_leaf(void *context, uint64_t page, uint64_t leaf)
{
    char **to = context;
    const uint64_t address = trace_leaf_address(leaf);
    size_t bytes = trace_leaf_slots(leaf) * sizeof(uint64_t);
    memcpy(*to, (const void *)(uintptr_t)address, bytes);
    *block_region_word(page) = (leaf & ~trace_leaf_address(~0ull)) | (uintptr_t)*to;
    *to += bytes;
}

void block_region_move_leaves(void *to)
{
    block_region_for_each(move_leaf, &to);
}
