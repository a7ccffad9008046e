/* holding.h: what each root and each block keeps: what would be lost if it went.
 *
 * A graph of nodes: 0 stands above all; then the roots, then the blocks. A definitely lost block
 * hangs on 0, so that what it keeps is known, too; what a lost block points to among blocks that
 * are not lost is no matter. Each node keeps what it dominates (dominators.h).
 */
#ifndef HOLDING_H
#define HOLDING_H

#include <stdbool.h>
#include <stdint.h>
#include "holders/dominators.h"
#include "holders/root_names.h"
#include "read/model.h"

struct kept {
    uint64_t bytes, blocks;
};

struct holding {
    const struct model *model;
    struct root_names names;
    struct root_in {
        uint32_t root;    /* of names */
        uint64_t offset;  /* into it */
    } * roots;            /* for each of graph.roots */
    uint32_t *first, *to; /* the nodes' */
    struct flow flow;
    struct dominators dominators;
    struct kept *kept; /* by node; NULL: nothing is retained yet */
};

/* Names the roots, and makes the graph. The model has one, and verdicts. */
void holding_begin(struct holding *holding, struct model *model, struct symbolizer *symbolizer,
                   bool demangle);
void holding_end(struct holding *holding);

/* Finds dominators, once. */
void holding_retain(struct holding *holding);
/* What would be lost if all blocks of these went; wanted: by stack. Exactly, by a search without
 * them. */
struct kept holding_without(const struct holding *holding,
                            bool (*is_out)(const void *context, uint32_t block),
                            const void *context);

static inline uint32_t holding_root_node(uint32_t root)
{
    return 1 + root;
}
static inline uint32_t holding_block_node(const struct holding *holding, uint32_t block)
{
    return 1 + holding->names.count + block;
}
static inline bool holding_is_block(const struct holding *holding, uint32_t node)
{
    return node > holding->names.count;
}
static inline uint32_t holding_block_of(const struct holding *holding, uint32_t node)
{
    return node - 1 - holding->names.count;
}

#endif
