/* graph.h: who points at whom, as the log has it (--heap-graph=yes).
 *
 * A block's number is its place in model.blocks. Pointers of one block stand together, in the order
 * of their places. What root an address is, facts say.
 */
#ifndef GRAPH_H
#define GRAPH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "trace_format.h"

#define GRAPH_INSIDE UINT32_MAX /* so many bytes, or more, or nobody knows how many */

struct graph_root {  /* a pointer in a root */
    uint64_t at;     /* TRACE_ROOT_REGISTERS, TRACE_ROOT_IN_USE: no memory */
    uint32_t to;     /* block */
    uint32_t inside; /* bytes behind the block's start */
};

struct graph {
    uint32_t count;   /* blocks */
    uint32_t *first;  /* the pointers of block b: first[b] … first[b + 1] - 1 */
    uint32_t *to;     /* block */
    uint32_t *place;  /* in which word of the block; word 0 is the one that it begins in */
    uint32_t *inside; /* as above */
    size_t capacity;
    struct graph_word { /* a block that begins with a pointer to a module's data */
        uint32_t block;
        uint64_t word;
    } * words; /* by block */
    size_t word_count, word_capacity;
    struct graph_root *roots;
    size_t root_count, root_capacity;
    struct trace_root *facts;
    size_t fact_count, fact_capacity;
    bool is_partial; /* only who was first seen to point at each block */
};

static inline uint32_t graph_pointer_count(const struct graph *graph)
{
    return graph->count ? graph->first[graph->count] : 0;
}

void graph_free(struct graph *graph);

#endif
