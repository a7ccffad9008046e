#include "judge/own/tally.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/short_name.h"
#include "judge/types/block_types.h"

/* --- names --------------------------------------------------------------- */

static const char *tally_base(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : *path ? path : "no file";
}

static char *tally_function(const struct options *options, const struct shown_line *line)
{
    if (!line->function)
        return memory_text("??? (in %s)", tally_base(line->object ? line->object : ""));
    return options->full_names ? memory_text("%s", line->function) : short_name(line->function);
}

static char *tally_line(const struct options *options, const struct shown_line *line)
{
    char *function = tally_function(options, line);
    char *name = line->file ? memory_text("%s:%u (%s)", line->file, line->number, function)
                            : memory_text("%s", function);

    free(function);
    return name;
}

static char *tally_name(const struct options *options, const struct shown_line *line)
{
    const char *object = line->object ? line->object : "";

    switch (options->by) {
    case CLI_BY_FILE:
        return line->file ? memory_text("%s", line->file)
                          : memory_text("no source (in %s)", tally_base(object));
    case CLI_BY_MODULE:
        return memory_text("%s", *object ? object : "no file");
    case CLI_BY_LINE:
        return tally_line(options, line);
    default:
        return tally_function(options, line);
    }
}

/* --- sums ---------------------------------------------------------------- */

static uint64_t tally_use(const struct stack_use *use, enum metric metric)
{
    uint64_t second = metric == METRIC_PEAK    ? use->blocks_at_peak
                      : metric == METRIC_CALLS ? use->bytes_allocated
                                               : use->allocations;

    return (int64_t)second > 0 ? second : 0;
}

/* By stack. */
static uint64_t *tally_seconds(enum metric metric, const struct model *model,
                               const struct loss_records *records)
{
    uint32_t count = model_stack_count(model);
    uint64_t *seconds = memory_zeroed(count, sizeof *seconds);

    if (metric == METRIC_LOST || metric == METRIC_IN_USE)
        for (uint32_t i = 0; i < records->count; i++)
            seconds[records->records[i].stack] +=
                stack_metric_counts(metric, &records->records[i]) ? records->records[i].blocks : 0;
    else
        for (uint32_t i = 0; model->usage && i < count && i < model->usage->stack_count; i++)
            seconds[i] = tally_use(&model->usage->stacks[i], metric);
    return seconds;
}

static int tally_compare(const void *left, const void *right)
{
    const struct tally_row *a = left, *b = right;

    if (a->figure != b->figure)
        return a->figure > b->figure ? -1 : 1;
    return strcmp(a->name, b->name);
}

static void tally_add(struct tally *tally, struct intern *names, uint32_t *capacity, char *name,
                      uint64_t figure, uint64_t second)
{
    uint32_t number = intern_put(names, name, strlen(name));

    if (number == tally->count) {
        memory_reserve(tally->rows, tally->count, *capacity);
        tally->rows[tally->count++] = (struct tally_row){name, 0, 0};
    } else {
        free(name);
    }
    tally->rows[number].figure += figure;
    tally->rows[number].second += second;
}

static void tally_cut(struct tally *tally, uint32_t limit)
{
    if (tally->count)
        qsort(tally->rows, tally->count, sizeof *tally->rows, tally_compare);
    tally->shown = limit && limit < tally->count ? limit : tally->count;
    for (uint32_t i = tally->shown; i < tally->count; i++)
        tally->rest += tally->rows[i].figure;
}

static char *tally_type(const char *name)
{
    return memory_text("%s", name ? name : "type not known");
}

/* Blocks of one stack may be of several types. */
static void tally_blocks(struct tally *tally, struct intern *names, uint32_t *capacity,
                         const struct model *model, const struct loss_records *records)
{
    for (uint32_t b = 0; b < model->block_count; b++) {
        const struct block *block = &model->blocks[b];
        uint32_t record = records->of_block[b];
        struct block_type type = {0};

        if (record == UINT32_MAX ||
            !stack_metric_counts(tally->metric, &records->records[record]) ||
            (model->left_out && model->left_out[block->stack]))
            continue;
        block_types_of(model->types, b, &type);
        tally_add(tally, names, capacity, tally_type(type.name), block->size, 1);
    }
}

static char *tally_stack(const struct options *options, const struct model *model,
                         struct owners *owners, uint32_t stack)
{
    struct shown_line line;

    if (options->by == CLI_BY_TYPE)
        return tally_type(block_types_of_stack(model->types, stack));
    return own_stack_culprit(&line, owners, stack) ? tally_name(options, &line)
                                                   : memory_text("no call stack");
}

void tally_make(struct tally *tally, const struct options *options, const struct model *model,
                const struct loss_records *records)
{
    enum metric metric = (enum metric)options->metric;
    struct owners owners;
    struct intern names = {0};
    uint32_t capacity = 0;

    if (metric == METRIC_LOST && !model->has_verdicts)
        metric = METRIC_IN_USE;
    *tally = (struct tally){.metric = metric};
    uint64_t *figures = stack_metric_of_all(metric, model, records);
    uint64_t *seconds = tally_seconds(metric, model, records);
    owners_begin(&owners, options, model);
    bool by_block =
        options->by == CLI_BY_TYPE && (metric == METRIC_LOST || metric == METRIC_IN_USE);
    for (uint32_t i = 0; i < model_stack_count(model); i++) {
        tally->total += figures[i];
        if (model->left_out && model->left_out[i])
            tally->left_out += figures[i];
        if (by_block || !figures[i] || (model->left_out && model->left_out[i]))
            continue;
        tally_add(tally, &names, &capacity, tally_stack(options, model, &owners, i), figures[i],
                  seconds[i]);
    }
    if (by_block)
        tally_blocks(tally, &names, &capacity, model, records);
    tally_cut(tally, options->limit);
    owners_end(&owners);
    intern_free(&names);
    free(figures);
    free(seconds);
}

void tally_free(struct tally *tally)
{
    for (uint32_t i = 0; i < tally->count; i++)
        free(tally->rows[i].name);
    free(tally->rows);
}
