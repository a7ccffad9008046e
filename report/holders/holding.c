#include "holders/holding.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

static bool holding_is_lost(const struct model *model, uint32_t block)
{
    return model->blocks[block].kind == BLOCK_DEFINITELY_LOST ||
           model->blocks[block].kind == BLOCK_INDIRECTLY_LOST;
}

static bool holding_counts(const struct model *model, uint32_t from, uint32_t to)
{
    return !holding_is_lost(model, from) || holding_is_lost(model, to);
}

/* --- the graph ----------------------------------------------------------- */

static void holding_name_roots(struct holding *holding)
{
    const struct graph *graph = holding->model->graph;

    holding->roots = memory_resized(NULL, graph->root_count + 1, sizeof *holding->roots);
    for (size_t i = 0; i < graph->root_count; i++)
        holding->roots[i].root =
            root_names_at(&holding->names, graph->roots[i].at, &holding->roots[i].offset);
}

/* How many edges each node has, in first[node + 1]. */
static void holding_count_edges(struct holding *holding)
{
    const struct model *model = holding->model;
    const struct graph *graph = model->graph;
    uint32_t *first = holding->first;

    for (size_t i = 0; i < graph->root_count; i++)
        first[holding_root_node(holding->roots[i].root) + 1]++;
    first[1] = holding->names.count;
    for (uint32_t b = 0; b < graph->count; b++) {
        first[1] += model->blocks[b].kind == BLOCK_DEFINITELY_LOST;
        for (uint32_t p = graph->first[b]; p < graph->first[b + 1]; p++)
            first[holding_block_node(holding, b) + 1] += holding_counts(model, b, graph->to[p]);
    }
}

static void holding_add_edges(struct holding *holding)
{
    const struct model *model = holding->model;
    const struct graph *graph = model->graph;
    uint32_t *at = memory_resized(NULL, holding->flow.count, sizeof *at);

    memcpy(at, holding->first, holding->flow.count * sizeof *at);
    for (uint32_t r = 0; r < holding->names.count; r++)
        holding->to[at[0]++] = holding_root_node(r);
    for (size_t i = 0; i < graph->root_count; i++)
        holding->to[at[holding_root_node(holding->roots[i].root)]++] =
            holding_block_node(holding, graph->roots[i].to);
    for (uint32_t b = 0; b < graph->count; b++) {
        uint32_t node = holding_block_node(holding, b);

        if (model->blocks[b].kind == BLOCK_DEFINITELY_LOST)
            holding->to[at[0]++] = node;
        for (uint32_t p = graph->first[b]; p < graph->first[b + 1]; p++)
            if (holding_counts(model, b, graph->to[p]))
                holding->to[at[node]++] = holding_block_node(holding, graph->to[p]);
    }
    free(at);
}

void holding_begin(struct holding *holding, struct model *model, struct symbolizer *symbolizer,
                   bool demangle)
{
    *holding = (struct holding){.model = model};
    root_names_begin(&holding->names, model, symbolizer, demangle);
    holding_name_roots(holding);
    holding->flow.count = 1 + holding->names.count + model->graph->count;
    holding->first = memory_zeroed(holding->flow.count + 1u, sizeof *holding->first);
    holding_count_edges(holding);
    for (uint32_t node = 0; node < holding->flow.count; node++)
        holding->first[node + 1] += holding->first[node];
    holding->to =
        memory_resized(NULL, holding->first[holding->flow.count] + (size_t)1, sizeof *holding->to);
    holding->flow.first = holding->first;
    holding->flow.to = holding->to;
    holding_add_edges(holding);
}

void holding_end(struct holding *holding)
{
    dominators_free(&holding->dominators);
    free(holding->kept);
    free(holding->first);
    free(holding->to);
    free(holding->roots);
    root_names_end(&holding->names);
    memset(holding, 0, sizeof *holding);
}

/* --- what is kept -------------------------------------------------------- */

void holding_retain(struct holding *holding)
{
    const struct dominators *dominators = &holding->dominators;

    if (holding->kept)
        return;
    dominators_find(&holding->dominators, &holding->flow);
    holding->kept = memory_zeroed(holding->flow.count, sizeof *holding->kept);
    for (uint32_t i = dominators->reached; i-- > 1;) {
        uint32_t node = dominators->order[i];
        struct kept *kept = &holding->kept[node], *above = &holding->kept[dominators->of[node]];

        if (holding_is_block(holding, node)) {
            kept->bytes += holding->model->blocks[holding_block_of(holding, node)].size;
            kept->blocks++;
        }
        above->bytes += kept->bytes;
        above->blocks += kept->blocks;
    }
}

/* --- what would be left -------------------------------------------------- */

struct holding_search {
    const struct holding *holding;
    bool (*is_out)(const void *context, uint32_t block);
    const void *context;
    uint8_t *seen;
    uint32_t *waiting;
    uint32_t count;
};

static void holding_meet(struct holding_search *search, uint32_t node)
{
    const struct holding *holding = search->holding;

    if (search->seen[node])
        return;
    search->seen[node] = 1;
    if (!holding_is_block(holding, node) ||
        !search->is_out(search->context, holding_block_of(holding, node)))
        search->waiting[search->count++] = node;
}

static void holding_search(struct holding_search *search)
{
    const struct holding *holding = search->holding;
    uint32_t read = 0;

    holding_meet(search, 0);
    while (read < search->count) {
        uint32_t node = search->waiting[read++];

        for (uint32_t e = holding->first[node]; e < holding->first[node + 1]; e++)
            holding_meet(search, holding->to[e]);
    }
}

/* All that is held at all, less what is still reached. */
struct kept holding_without(const struct holding *holding,
                            bool (*is_out)(const void *context, uint32_t block),
                            const void *context)
{
    uint32_t count = holding->flow.count;
    struct holding_search search = {.holding = holding,
                                    .is_out = is_out,
                                    .context = context,
                                    .seen = memory_zeroed(count, 1),
                                    .waiting = memory_resized(NULL, count, sizeof(uint32_t))};
    struct kept kept = holding->kept[0];

    holding_search(&search);
    for (uint32_t i = 0; i < search.count; i++)
        if (holding_is_block(holding, search.waiting[i])) {
            kept.bytes -= holding->model->blocks[holding_block_of(holding, search.waiting[i])].size;
            kept.blocks--;
        }
    free(search.seen);
    free(search.waiting);
    return kept;
}
