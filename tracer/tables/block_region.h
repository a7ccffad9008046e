/* block_region: from an address to the leaf of its page.
 *
 * A radix tree: address bits 34-47 choose one of the directories, bits 21-33 one of its regions,
 * bits 12-20 one of the region's words (struct trace_region). The directories are private memory,
 * regions are in the log. Nothing is ever taken out of the tree. */
#ifndef BLOCK_REGION_H
#define BLOCK_REGION_H

#include "trace_format.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BLOCK_DIRECTORY_LOG2 13u
#define BLOCK_REGION_LOG2    TRACE_REGION_SPAN_LOG2
#define BLOCK_DIRECTORIES                                                                          \
    (1u << (TRACE_ADDRESS_BITS - BLOCK_DIRECTORY_LOG2 - TRACE_REGION_SPAN_LOG2))

struct block_directory {
    _Atomic(struct trace_region *) regions[1u << BLOCK_DIRECTORY_LOG2];
};
extern _Atomic(struct block_directory *) block_directories[BLOCK_DIRECTORIES]
    __attribute__((visibility("hidden")));

/* The word of an address's page; NULL where there is no region yet. Of an address of
 * TRACE_ADDRESS_BITS. */
static inline uint64_t *block_region_word(uint64_t address)
{
    const unsigned low = TRACE_REGION_SPAN_LOG2 + BLOCK_DIRECTORY_LOG2;
    struct block_directory *directory =
        atomic_load_explicit(&block_directories[address >> low], memory_order_acquire);
    if (__builtin_expect(!directory, 0))
        return NULL;
    uint64_t number = address >> TRACE_REGION_SPAN_LOG2 & ((1u << BLOCK_DIRECTORY_LOG2) - 1);
    struct trace_region *region =
        atomic_load_explicit(&directory->regions[number], memory_order_acquire);
    if (__builtin_expect(!region, 0))
        return NULL;
    return &region->leaves[address >> TRACE_LEAF_SPAN_LOG2 & (TRACE_REGION_LEAVES - 1)];
}
/* The same, made if need be. NULL: no space. */
uint64_t *block_region_make(uint64_t address);
/* The address of a leaf of so many empty slots, a power of two; 0: no space. */
uint64_t block_region_leaf(uint32_t slots);
/* Calls `visit` for each leaf, in the order of their pages. */
void block_region_for_each(void (*visit)(void *context, uint64_t page, uint64_t leaf),
                           void *context);

/* For a process that has the tables to itself, and alone. How many bytes all leaves have; copies
 * them there, one behind the other, and makes the copies the leaves. `to`: aligned to 64 bytes. */
size_t block_region_leaves_size(void);
void block_region_move_leaves(void *to);

#endif
