#include "read/load_growth.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/memory.h"

/* --- moments ------------------------------------------------------------- */

static int load_compare_moments(const void *left, const void *right)
{
    const struct trace_moment *a = left, *b = right;

    return (a->time_ns > b->time_ns) - (a->time_ns < b->time_ns);
}

/* While the tracer leaves every other one out, some are there twice. */
static uint32_t load_moments(const struct log_reader *reader, struct trace_moment *moments)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_MOMENTS);
    uint32_t count = 0, kept = 0;

    while (count < TRACE_MOMENTS_MAX && log_reader_next(&walk, &moments[count]))
        count += moments[count].time_ns != 0;
    qsort(moments, count, sizeof *moments, load_compare_moments);
    for (uint32_t i = 0; i < count; i++)
        if (!kept || moments[kept - 1].time_ns != moments[i].time_ns)
            moments[kept++] = moments[i];
    return kept;
}

/* --- stacks -------------------------------------------------------------- */

static struct stack_history *load_history_of(struct history *history, uint32_t stack)
{
    memory_reach(history->stacks, history->stack_count, stack);
    if (!history->stacks[stack])
        history->stacks[stack] = memory_zeroed(1, sizeof **history->stacks);
    return history->stacks[stack];
}

static void load_row(struct stack_loader *stacks, struct history *history, uint32_t moment,
                     const struct trace_growth *row)
{
    struct trace_account account;

    if (!log_reader_copy(stacks->reader, TRACE_ACCOUNTS, row->account, &account) || !account.thread)
        return;
    uint32_t stack = load_stack(stacks, account.stack & ~TRACE_STACK_IGNORED);
    struct stack_history *of = load_history_of(history, stack);
    of->bytes[moment] = (int64_t)((uint64_t)of->bytes[moment] + (uint64_t)row->bytes);
    of->blocks[moment] = (int64_t)((uint64_t)of->blocks[moment] + (uint64_t)row->blocks);
}

static void load_rows(struct stack_loader *stacks, struct history *history, uint32_t moment,
                      const struct trace_moment *record)
{
    struct trace_growth row;
    uint32_t rows = record->rows < TRACE_GROWTH_ROWS ? record->rows : TRACE_GROWTH_ROWS;

    for (uint32_t i = 0; i < rows; i++)
        if (log_reader_copy(stacks->reader, TRACE_GROWTH, record->first + i, &row))
            load_row(stacks, history, moment, &row);
}

/* --- now ----------------------------------------------------------------- */

static uint64_t load_now(const struct model *model)
{
    const struct usage *usage = model->usage;
    uint64_t start = model->header.start_realtime_ns, end = model->header.end_realtime_ns;
    struct timespec now;

    if (model->process == PROCESS_RUNNING && !model->is_copy) {
        clock_gettime(CLOCK_REALTIME, &now);
        end = (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
    }
    if (end > start)
        return end - start;
    return usage->sample_count ? usage->samples[usage->sample_count - 1].time_ns : 0;
}

static void load_last(struct history *history, const struct model *model)
{
    uint64_t now = load_now(model);

    if (history->count && history->time_ns[history->count - 1] >= now)
        return;
    for (uint32_t i = 0; i < model->usage->stack_count; i++) {
        const struct stack_use *use = &model->usage->stacks[i];

        if (use->bytes_allocated == use->bytes_freed && use->allocations == use->frees)
            continue;
        struct stack_history *of = load_history_of(history, i);
        of->bytes[history->count] = (int64_t)(use->bytes_allocated - use->bytes_freed);
        of->blocks[history->count] = (int64_t)(use->allocations - use->frees);
    }
    history->time_ns[history->count++] = now;
}

void load_growth(struct stack_loader *stacks, struct model *model)
{
    struct history *history = model->history;
    struct trace_moment moments[TRACE_MOMENTS_MAX + 1];

    history->count = load_moments(stacks->reader, moments);
    for (uint32_t i = 0; i < history->count; i++) {
        history->time_ns[i] = moments[i].time_ns;
        history->left_out |= moments[i].left_out > 0;
        load_rows(stacks, history, i, &moments[i]);
    }
    load_last(history, model);
}
