#include "judge/growth_stacks.h"
#include <stdlib.h>
#include "base/memory.h"

/* Of a stack whose blocks are freed by other threads some records may be ahead of the others. */
static double growth_at_least_0(int64_t number)
{
    return number > 0 ? (double)number : 0;
}

static void growth_judge_stack(struct growth_stacks *found, const struct history *history,
                               uint32_t stack, uint32_t *capacity)
{
    const struct stack_history *of = history->stacks[stack];
    struct growth_point points[TRACE_MOMENTS_MAX + 1];
    uint32_t last = history->count - 1;

    for (uint32_t i = 0; i < history->count; i++)
        points[i] = (struct growth_point){(double)history->time_ns[i] / 1e9,
                                          growth_at_least_0(of->bytes[i]),
                                          growth_at_least_0(of->blocks[i])};
    memory_reserve(found->stacks, found->count, *capacity);
    struct growing *growing = &found->stacks[found->count++];
    *growing = (struct growing){.stack = stack,
                                .growth = growth_judge(points, history->count),
                                .bytes = (uint64_t)growth_at_least_0(of->bytes[last]),
                                .blocks = (uint64_t)growth_at_least_0(of->blocks[last])};
    found->kinds[growing->growth.kind]++;
}

static int growth_order(enum growth_kind kind)
{
    static const int orders[GROWTH_KINDS_COUNT] = {[GROWTH_ENDLESS] = 0,
                                                   [GROWTH_LEVELS_OFF] = 1,
                                                   [GROWTH_UP_AND_DOWN] = 2,
                                                   [GROWTH_STEADY] = 3,
                                                   [GROWTH_UNCLEAR] = 4};

    return orders[kind];
}

static int growth_compare_stacks(const void *left, const void *right)
{
    const struct growing *a = left, *b = right;
    int difference = growth_order(a->growth.kind) - growth_order(b->growth.kind);
    double first = a->growth.bytes_per_hour, second = b->growth.bytes_per_hour;

    if (difference)
        return difference;
    if (first != second)
        return first > second ? -1 : 1;
    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->stack > b->stack) - (a->stack < b->stack);
}

static void growth_show(struct growth_stacks *found, uint32_t most, struct symbolizer *symbolizer)
{
    uint32_t endless = found->kinds[GROWTH_ENDLESS];

    found->shown = endless < most ? endless : most;
    uint32_t *stacks = memory_resized(NULL, found->shown + 1, sizeof *stacks);
    for (uint32_t i = 0; i < found->shown; i++)
        stacks[i] = found->stacks[i].stack;
    symbolize_stacks(symbolizer, stacks, found->shown);
    free(stacks);
}

struct growth_stacks *growth_stacks_find(const struct model *model, uint32_t most,
                                         struct symbolizer *symbolizer)
{
    const struct history *history = model->history;
    uint32_t capacity = 0;

    if (!history)
        return NULL;
    struct growth_stacks *found = memory_zeroed(1, sizeof *found);
    found->moments = history->count;
    if (history->count)
        found->seconds = (double)(history->time_ns[history->count - 1] - history->time_ns[0]) / 1e9;
    for (uint32_t i = 0; history->count && i < history->stack_count; i++)
        if (history->stacks[i])
            growth_judge_stack(found, history, i, &capacity);
    if (found->count)
        qsort(found->stacks, found->count, sizeof *found->stacks, growth_compare_stacks);
    growth_show(found, most, symbolizer);
    return found;
}

void growth_stacks_free(struct growth_stacks *stacks)
{
    if (stacks)
        free(stacks->stacks);
    free(stacks);
}
