#include "judge/rank.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

uint64_t rank_figure(const struct stack_use *use, enum cli_order order)
{
    uint64_t figure = order == CLI_ORDER_BYTES       ? use->bytes_allocated
                      : order == CLI_ORDER_CALLS     ? use->allocations
                      : order == CLI_ORDER_TEMPORARY ? use->temporary
                      : order == CLI_ORDER_PEAK      ? use->bytes_at_peak
                      : order == CLI_ORDER_MOVED     ? use->bytes_copied
                      : order == CLI_ORDER_MAPPED    ? use->bytes_mapped
                                                     : use->bytes_allocated - use->bytes_freed;

    return (int64_t)figure > 0 ? figure : 0;
}

uint64_t rank_second(const struct stack_use *use, enum cli_order order)
{
    uint64_t blocks = order == CLI_ORDER_PEAK ? use->blocks_at_peak : use->allocations - use->frees;

    if (order == CLI_ORDER_BYTES || order == CLI_ORDER_TEMPORARY)
        return use->allocations;
    if (order == CLI_ORDER_MOVED)
        return use->moved;
    if (order == CLI_ORDER_MAPPED)
        return use->mappings;
    if (order == CLI_ORDER_CALLS)
        return use->bytes_allocated;
    return (int64_t)blocks > 0 ? blocks : 0;
}

static int rank_compare(const void *left, const void *right, void *context)
{
    const struct ranked *a = left, *b = right;
    const uint64_t *ages = ((const struct model *)context)->stack_ages;

    if (a->figure != b->figure)
        return a->figure > b->figure ? -1 : 1;
    if (ages[a->stack] != ages[b->stack])
        return ages[a->stack] < ages[b->stack] ? -1 : 1;
    return (a->stack > b->stack) - (a->stack < b->stack);
}

static void rank_by(struct ranking *ranking, const struct model *model, enum cli_order order)
{
    const struct usage *usage = model->usage;
    uint32_t capacity = 0;

    for (uint32_t i = 0; i < usage->stack_count; i++) {
        uint64_t figure = rank_figure(&usage->stacks[i], order);

        if (!figure || (model->left_out && model->left_out[i]))
            continue;
        memory_reserve(ranking->stacks, ranking->count, capacity);
        ranking->stacks[ranking->count++] =
            (struct ranked){i, figure, rank_second(&usage->stacks[i], order)};
        ranking->total += figure;
    }
    if (ranking->count)
        qsort_r(ranking->stacks, ranking->count, sizeof *ranking->stacks, rank_compare,
                (void *)model);
}

static void rank_symbolize(const struct ranking *ranking, struct symbolizer *symbolizer)
{
    uint32_t *stacks = memory_resized(NULL, ranking->shown, sizeof *stacks);

    for (uint32_t i = 0; i < ranking->shown; i++)
        stacks[i] = ranking->stacks[i].stack;
    symbolize_stacks(symbolizer, stacks, ranking->shown);
    free(stacks);
}

static void rank_show(struct ranking *ranking, uint32_t most, struct symbolizer *symbolizer)
{
    ranking->shown = ranking->count < most ? ranking->count : most;
    ranking->rest = ranking->total;
    for (uint32_t i = 0; i < ranking->shown; i++)
        ranking->rest -= ranking->stacks[i].figure;
    rank_symbolize(ranking, symbolizer);
}

void rank_stacks(struct rankings *rankings, const struct options *options,
                 const struct model *model, struct symbolizer *symbolizer)
{
    memset(rankings, 0, sizeof *rankings);
    if (!model->usage)
        return;
    for (unsigned order = 0; order < CLI_ORDERS_COUNT; order++) {
        struct ranking *ranking = &rankings->by[order];

        if (!(options->top_orders >> order & 1))
            continue;
        rank_by(ranking, model, order);
        rank_show(ranking, options->top, symbolizer);
    }
}

void rank_free(struct rankings *rankings)
{
    for (unsigned order = 0; order < CLI_ORDERS_COUNT; order++)
        free(rankings->by[order].stacks);
    memset(rankings, 0, sizeof *rankings);
}
