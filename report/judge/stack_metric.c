#include "judge/stack_metric.h"
#include "base/memory.h"

static bool metric_is_lost(const struct loss_record *record)
{
    return !record->suppressed &&
           (record->kind == BLOCK_DEFINITELY_LOST || record->kind == BLOCK_INDIRECTLY_LOST ||
            record->kind == BLOCK_POSSIBLY_LOST);
}

bool stack_metric_counts(enum metric metric, const struct loss_record *record)
{
    return metric == METRIC_IN_USE || metric_is_lost(record);
}

static void metric_add_records(uint64_t *values, enum metric metric,
                               const struct loss_records *records, bool before)
{
    for (uint32_t i = 0; i < records->count; i++) {
        const struct loss_record *record = &records->records[i];

        if (stack_metric_counts(metric, record))
            values[record->stack] += before ? record->before.direct : record->bytes;
    }
}

/* 0 instead of less: threads that pass blocks on, a damaged log. */
static uint64_t metric_figure(const struct stack_use *use, enum metric metric)
{
    uint64_t figure = metric == METRIC_PEAK        ? use->bytes_at_peak
                      : metric == METRIC_ALLOCATED ? use->bytes_allocated
                      : metric == METRIC_CALLS     ? use->allocations
                                                   : use->temporary;

    return (int64_t)figure > 0 ? figure : 0;
}

uint64_t *stack_metric_of_all(enum metric metric, const struct model *model,
                              const struct loss_records *records)
{
    uint32_t count = model_stack_count(model);
    uint64_t *values = memory_zeroed(count, sizeof *values);

    if (metric == METRIC_LOST || metric == METRIC_IN_USE)
        metric_add_records(values, metric, records, false);
    else
        for (uint32_t i = 0; model->usage && i < count && i < model->usage->stack_count; i++)
            values[i] = metric_figure(&model->usage->stacks[i], metric);
    return values;
}

uint64_t *metric_of_stacks_before(enum metric metric, const struct model *model,
                                  const struct loss_records *records, const struct stack_use *uses)
{
    uint32_t count = model_stack_count(model);
    uint64_t *values = memory_zeroed(count, sizeof *values);

    if (metric == METRIC_LOST || metric == METRIC_IN_USE)
        metric_add_records(values, metric, records, true);
    else
        for (uint32_t i = 0; uses && i < count; i++)
            values[i] = metric_figure(&uses[i], metric);
    return values;
}

uint64_t *metric_of_stacks(enum metric metric, const struct model *model,
                           const struct loss_records *records)
{
    uint64_t *values = stack_metric_of_all(metric, model, records);

    for (uint32_t i = 0; model->left_out && i < model_stack_count(model); i++)
        values[i] = model->left_out[i] ? 0 : values[i];
    return values;
}
