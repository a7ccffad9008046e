#include "judge/own/filter.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "judge/shown_stack.h"

/* --- stacks -------------------------------------------------------------- */

static bool filter_has(const struct option_list *texts, const char *text)
{
    for (size_t i = 0; text && i < texts->count; i++)
        if (strstr(text, texts->items[i]))
            return true;
    return false;
}

static bool filter_takes_line(const struct option_list *texts, const struct shown_line *line)
{
    return filter_has(texts, line->function) || filter_has(texts, line->position->path) ||
           filter_has(texts, line->object);
}

static bool filter_takes_stack(const struct options *options, const struct model *model,
                               uint32_t stack)
{
    struct shown_stack shown;
    struct shown_line line;

    shown_stack_begin(&shown, options, model, stack);
    while (shown_stack_next(&shown, &line))
        if (filter_takes_line(&options->filters, &line))
            return true;
    return false;
}

void filter_stacks(struct model *model, const struct options *options)
{
    uint32_t count = model_stack_count(model);

    if (!options->filters.count)
        return;
    model->left_out = memory_zeroed(count, sizeof *model->left_out);
    for (uint32_t i = 0; i < count; i++)
        model->left_out[i] = !filter_takes_stack(options, model, i);
}

/* --- order --------------------------------------------------------------- */

static uint64_t filter_key(const struct loss_record *record, const struct model *model, int sort)
{
    uint64_t bytes = record->bytes + record->indirect_bytes;

    switch (sort) {
    case CLI_SORT_BLOCKS:
        return record->blocks;
    case CLI_SORT_KIND:
        return record->kind;
    case CLI_SORT_SIZE:
        return record->blocks ? record->bytes / record->blocks : 0;
    case CLI_SORT_AGE: /* the oldest is last */
        return UINT64_MAX - model->stack_ages[record->stack];
    default:
        return bytes;
    }
}

struct filter_order {
    const struct model *model;
    int sort;
};

/* Equal ones stay in valgrind's order. */
static int filter_compare(const void *left, const void *right, void *context)
{
    const struct filter_order *order = context;
    const struct loss_record *a = left, *b = right;
    uint64_t x = filter_key(a, order->model, order->sort);
    uint64_t y = filter_key(b, order->model, order->sort);

    if (x != y)
        return x < y ? -1 : 1;
    return (a->number > b->number) - (a->number < b->number);
}

/* --- records ------------------------------------------------------------- */

struct filter_sum {
    uint64_t records, bytes, blocks, all;
};

static void filter_leave_out(struct loss_record *record, struct filter_sum *sum)
{
    sum->records++;
    sum->bytes += record->bytes - record->suppressed_bytes;
    sum->blocks += record->blocks - record->suppressed_blocks;
    record->shown = false;
    record->left_out = true;
}

static void filter_note(struct model *model, enum note_kind kind, const char *value,
                        const struct filter_sum *sum)
{
    char *detail = memory_text("%s bytes in %s blocks", number_text(sum->bytes).text,
                               number_text(sum->blocks).text);
    char *subject = memory_text("%s leaves out %s of %s", value, number_text(sum->records).text,
                                number_text(sum->all).text);

    model_add_note(model, kind, sum->records, subject, detail);
    free(detail);
    free(subject);
}

static void filter_by_text(struct model *model, struct loss_records *records,
                           const struct options *options, bool lists_all)
{
    struct filter_sum sum = {0};

    for (uint32_t i = 0; i < records->count; i++) {
        struct loss_record *record = &records->records[i];

        if (!record->shown && !lists_all)
            continue;
        sum.all++;
        if (model->left_out[record->stack])
            filter_leave_out(record, &sum);
    }
    filter_note(model, NOTE_FILTERED, options->filters.items[0], &sum);
}

/* The last ones stay, which are the largest. */
static void filter_by_number(struct model *model, struct loss_records *records,
                             const struct options *options, bool lists_all)
{
    struct filter_sum sum = {0};
    char value[16];

    for (uint32_t i = records->count; i-- > 0;) {
        struct loss_record *record = &records->records[i];

        if (record->left_out || (!record->shown && !lists_all))
            continue;
        if (sum.all++ >= options->limit)
            filter_leave_out(record, &sum);
    }
    snprintf(value, sizeof value, "%u", options->limit);
    if (sum.records)
        filter_note(model, NOTE_LIMITED, value, &sum);
}

void filter_records(struct model *model, struct loss_records *records,
                    const struct options *options, bool lists_all)
{
    struct filter_order order = {model, options->sort};

    if (model->left_out)
        filter_by_text(model, records, options, lists_all);
    if (options->sort != CLI_SORT_BYTES && records->count)
        qsort_r(records->records, records->count, sizeof *records->records, filter_compare, &order);
    if (options->limit && !options->by)
        filter_by_number(model, records, options, lists_all);
}
