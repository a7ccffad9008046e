#include "judge/diff/diff_rank.h"
#include <stdlib.h>
#include "base/memory.h"
#include "judge/rank.h"

static uint64_t diff_rank_distance(const struct diff_ranked *ranked)
{
    return ranked->now > ranked->before ? ranked->now - ranked->before
                                        : ranked->before - ranked->now;
}

static int diff_rank_compare(const void *left, const void *right)
{
    const struct diff_ranked *a = left, *b = right;
    uint64_t a_distance = diff_rank_distance(a), b_distance = diff_rank_distance(b);

    if (a_distance != b_distance)
        return a_distance > b_distance ? -1 : 1;
    return (a->stack > b->stack) - (a->stack < b->stack);
}

static void diff_rank_by(struct diff_ranking *ranking, const struct log_diff *diff,
                         const struct model *model, enum cli_order order)
{
    uint32_t capacity = 0;

    for (uint32_t i = 0; i < diff->stack_count; i++) {
        const struct stack_use *now = &model->usage->stacks[i], *before = &diff->use_before[i];
        struct diff_ranked ranked = {i, rank_figure(now, order), rank_figure(before, order),
                                     rank_second(now, order), rank_second(before, order)};

        ranking->total_now += ranked.now;
        ranking->total_before += ranked.before;
        if (ranked.now == ranked.before) {
            ranking->same += ranked.now != 0;
            continue;
        }
        memory_reserve(ranking->stacks, ranking->count, capacity);
        ranking->stacks[ranking->count++] = ranked;
    }
    if (ranking->count)
        qsort(ranking->stacks, ranking->count, sizeof *ranking->stacks, diff_rank_compare);
}

void diff_rank_stacks(struct diff_rankings *rankings, const struct log_diff *diff,
                      const struct options *options, const struct model *model,
                      struct symbolizer *symbolizer)
{
    *rankings = (struct diff_rankings){0};
    for (unsigned order = 0; diff->use_before && order < CLI_ORDERS_COUNT; order++) {
        struct diff_ranking *ranking = &rankings->by[order];

        if (!(options->top_orders >> order & 1))
            continue;
        diff_rank_by(ranking, diff, model, order);
        ranking->shown = ranking->count < options->top ? ranking->count : options->top;
        for (uint32_t i = 0; i < ranking->shown; i++)
            symbolize_stack(symbolizer, ranking->stacks[i].stack);
    }
}

void diff_rank_free(struct diff_rankings *rankings)
{
    for (unsigned order = 0; order < CLI_ORDERS_COUNT; order++)
        free(rankings->by[order].stacks);
}
