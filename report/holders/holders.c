#include "holders/holders.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

enum { HOLDERS_SHOWN = 10 };

/* --- lists --------------------------------------------------------------- */

static int holders_compare(const void *left, const void *right)
{
    const struct holder *a = left, *b = right;

    if (a->kept.bytes != b->kept.bytes)
        return (a->kept.bytes < b->kept.bytes) - (a->kept.bytes > b->kept.bytes);
    return (a->number > b->number) - (a->number < b->number);
}

/* A list of the largest: a new one takes the place of the smallest. */
static void holders_offer(struct holders *holders, enum holder_kind kind, struct holder holder)
{
    struct holder *list = holders->lists[kind];
    uint32_t *count = &holders->counts[kind];

    if (*count == HOLDERS_SHOWN && holders_compare(&holder, &list[*count - 1]) >= 0)
        return;
    if (*count < HOLDERS_SHOWN)
        ++*count;
    uint32_t at = *count - 1;
    for (; at > 0 && holders_compare(&holder, &list[at - 1]) < 0; at--)
        list[at] = list[at - 1];
    list[at] = holder;
}

static void holders_list_roots(struct holders *holders)
{
    for (uint32_t r = 0; r < holders->holding.names.count; r++) {
        struct kept kept = holders->holding.kept[holding_root_node(r)];

        if (kept.blocks)
            holders_offer(holders, HOLDER_ROOT, (struct holder){r, 0, kept});
    }
}

/* Of the blocks of one stack the largest holder stands for all. */
static void holders_offer_block(struct holders *holders, uint32_t block, struct kept kept)
{
    const struct block *blocks = holders->holding.model->blocks;
    struct holder *list = holders->lists[HOLDER_BLOCK];
    struct holder holder = {block, 0, kept};
    uint32_t count = holders->counts[HOLDER_BLOCK];

    for (uint32_t i = 0; i < count; i++) {
        if (blocks[list[i].number].stack != blocks[block].stack)
            continue;
        if (holders_compare(&holder, &list[i]) >= 0)
            return;
        memmove(&list[i], &list[i + 1], (count - i - 1) * sizeof *list);
        holders->counts[HOLDER_BLOCK]--;
        break;
    }
    holders_offer(holders, HOLDER_BLOCK, holder);
}

static bool holders_is_in_row(const struct holding *holding, uint32_t above, uint32_t node)
{
    const struct block *blocks = holding->model->blocks;

    return holding_is_block(holding, above) && holding_is_block(holding, node) &&
           blocks[holding_block_of(holding, above)].stack ==
               blocks[holding_block_of(holding, node)].stack;
}

/* Where a block keeps nearly all by one other block, that one says more; of a row of one stack, a
 * list, the first one does. */
static void holders_list_blocks(struct holders *holders)
{
    const struct holding *holding = &holders->holding;
    uint8_t *passes_on = memory_zeroed(holding->flow.count, 1);

    for (uint32_t i = holding->dominators.reached; i-- > 1;) {
        uint32_t node = holding->dominators.order[i];
        uint32_t above = holding->dominators.of[node];
        bool in_row = holders_is_in_row(holding, above, node);

        if (!in_row && holding->kept[node].blocks > 1 &&
            holding->kept[node].bytes >= holding->kept[above].bytes / 10 * 9)
            passes_on[above] = 1;
        if (holding_is_block(holding, node) && !passes_on[node] && !in_row)
            holders_offer_block(holders, holding_block_of(holding, node), holding->kept[node]);
    }
    free(passes_on);
}

/* --- stacks -------------------------------------------------------------- */

/* What the blocks of a stack keep, each block counted once: below another one of the same stack it
 * is kept by that one. */
struct holders_tree {
    uint32_t *first, *below; /* children in the tree of dominators */
    uint32_t *next;
    uint32_t *way;
    uint32_t *open; /* by stack: blocks above */
    struct kept *sums;
};

static void holders_make_tree(struct holders_tree *tree, const struct holding *holding)
{
    const struct dominators *dominators = &holding->dominators;
    uint32_t count = holding->flow.count;

    tree->first = memory_zeroed(count + 1u, sizeof *tree->first);
    tree->below = memory_resized(NULL, dominators->reached, sizeof *tree->below);
    tree->next = memory_resized(NULL, count, sizeof *tree->next);
    for (uint32_t i = 1; i < dominators->reached; i++)
        tree->first[dominators->of[dominators->order[i]] + 1]++;
    for (uint32_t node = 0; node < count; node++)
        tree->first[node + 1] += tree->first[node];
    memcpy(tree->next, tree->first, count * sizeof *tree->next);
    for (uint32_t i = 1; i < dominators->reached; i++) {
        uint32_t node = dominators->order[i];

        tree->below[tree->next[dominators->of[node]]++] = node;
    }
    memcpy(tree->next, tree->first, count * sizeof *tree->next);
}

static void holders_enter(struct holders_tree *tree, const struct holding *holding, uint32_t node)
{
    if (!holding_is_block(holding, node))
        return;
    uint32_t stack = holding->model->blocks[holding_block_of(holding, node)].stack;
    if (tree->open[stack]++ == 0) {
        tree->sums[stack].bytes += holding->kept[node].bytes;
        tree->sums[stack].blocks += holding->kept[node].blocks;
    }
}

static void holders_leave(struct holders_tree *tree, const struct holding *holding, uint32_t node)
{
    if (holding_is_block(holding, node))
        tree->open[holding->model->blocks[holding_block_of(holding, node)].stack]--;
}

static void holders_sum_stacks(struct holders_tree *tree, const struct holding *holding)
{
    uint32_t depth = 0;

    tree->way = memory_resized(NULL, holding->flow.count, sizeof *tree->way);
    tree->way[depth++] = 0;
    while (depth > 0) {
        uint32_t node = tree->way[depth - 1];

        if (tree->next[node] == tree->first[node + 1]) {
            holders_leave(tree, holding, node);
            depth--;
            continue;
        }
        uint32_t below = tree->below[tree->next[node]++];
        holders_enter(tree, holding, below);
        tree->way[depth++] = below;
    }
}

struct holders_out {
    const struct model *model;
    uint32_t stack;
};

static bool holders_is_out(const void *context, uint32_t block)
{
    const struct holders_out *out = context;

    return out->model->blocks[block].stack == out->stack;
}

/* Blocks of one stack that share what they hold keep it together: that the tree does not say. */
static void holders_count_exactly(struct holders *holders, uint64_t *own)
{
    for (uint32_t i = 0; i < holders->counts[HOLDER_STACK]; i++) {
        struct holder *holder = &holders->lists[HOLDER_STACK][i];
        struct holders_out out = {holders->holding.model, holder->number};

        holder->own = own[holder->number];
        holder->kept = holding_without(&holders->holding, holders_is_out, &out);
    }
    qsort(holders->lists[HOLDER_STACK], holders->counts[HOLDER_STACK], sizeof(struct holder),
          holders_compare);
}

static void holders_list_stacks(struct holders *holders)
{
    const struct model *model = holders->holding.model;
    uint32_t stacks = model_stack_count(model) + 1u;
    struct holders_tree tree = {.open = memory_zeroed(stacks, sizeof *tree.open),
                                .sums = memory_zeroed(stacks, sizeof *tree.sums)};
    uint64_t *own = memory_zeroed(stacks, sizeof *own);

    holders_make_tree(&tree, &holders->holding);
    holders_sum_stacks(&tree, &holders->holding);
    for (uint32_t b = 0; b < model->graph->count; b++)
        own[model->blocks[b].stack]++;
    for (uint32_t stack = 0; stack < stacks; stack++)
        if (tree.sums[stack].blocks)
            holders_offer(holders, HOLDER_STACK, (struct holder){stack, 0, tree.sums[stack]});
    free(tree.first);
    free(tree.below);
    free(tree.next);
    free(tree.way);
    free(tree.open);
    free(tree.sums);
    holders_count_exactly(holders, own);
    free(own);
}

static void holders_retain(struct holders *holders)
{
    for (int kind = 0; kind < HOLDER_KINDS; kind++)
        holders->lists[kind] = memory_zeroed(HOLDERS_SHOWN, sizeof(struct holder));
    if (holders->is_partial)
        return;
    holding_retain(&holders->holding);
    holders_list_roots(holders);
    holders_list_stacks(holders);
    holders_list_blocks(holders);
    kept_tree_make(&holders->tree, &holders->holding);
}

/* --- names --------------------------------------------------------------- */

static void holders_symbolize_all(const struct model *model, struct symbolizer *symbolizer)
{
    uint32_t count = model_stack_count(model);
    uint32_t *stacks = memory_resized(NULL, count + 1u, sizeof *stacks);

    for (uint32_t i = 0; i < count; i++)
        stacks[i] = i;
    symbolize_stacks(symbolizer, stacks, count);
    free(stacks);
}

static void holders_symbolize(const struct holders *holders, struct symbolizer *symbolizer)
{
    const struct model *model = holders->holding.model;

    for (uint32_t i = 0; i < holders->counts[HOLDER_STACK]; i++)
        symbolize_stack(symbolizer, holders->lists[HOLDER_STACK][i].number);
    for (uint32_t i = 0; i < holders->tree.count; i++)
        if (!holders->tree.nodes[i].is_root)
            symbolize_stack(symbolizer, holders->tree.nodes[i].number);
    for (uint32_t i = 0; i < holders->counts[HOLDER_BLOCK]; i++)
        symbolize_stack(symbolizer, model->blocks[holders->lists[HOLDER_BLOCK][i].number].stack);
}

/* --- all of it ----------------------------------------------------------- */

static void holders_ask(struct holders *holders, const struct options *options,
                        const struct loss_records *records)
{
    holders->whys = memory_zeroed(options->why.count, sizeof *holders->whys);
    holders->why_count = (uint32_t)options->why.count;
    ways_find(&holders->ways, &holders->holding);
    for (uint32_t i = 0; i < holders->why_count; i++)
        why_find(&holders->whys[i], options->why.items[i], options, &holders->ways, records);
}

struct holders *holders_find(const struct options *options, struct model *model,
                             const struct loss_records *records, struct symbolizer *symbolizer)
{
    if (!options_want_holders(options) || !model->graph || !model->has_verdicts)
        return NULL;
    struct holders *holders = memory_zeroed(1, sizeof *holders);
    holders->is_partial = model->graph->is_partial;
    holders->retained = options->retained;
    holding_begin(&holders->holding, model, symbolizer, options->demangle);
    if (options->retained)
        holders_retain(holders);
    if (options->why.count) {
        holders_symbolize_all(model, symbolizer);
        holders_ask(holders, options, records);
    }
    holders_symbolize(holders, symbolizer);
    return holders;
}

void holders_free(struct holders *holders)
{
    if (!holders)
        return;
    for (uint32_t i = 0; i < holders->why_count; i++)
        why_free(&holders->whys[i]);
    for (int kind = 0; kind < HOLDER_KINDS; kind++)
        free(holders->lists[kind]);
    free(holders->whys);
    kept_tree_free(&holders->tree);
    ways_free(&holders->ways);
    holding_end(&holders->holding);
    free(holders);
}
