#include "views/json/json_diff.h"
#include "judge/ending.h"
#include "judge/export_words.h"
#include "views/json/json_stacks.h"
#include "views/json/json_sums.h"
#include "words/words_ending.h"

static const char *const diff_changes[LOSS_CHANGES_COUNT] = {
    [LOSS_NOT_COMPARED] = "not compared", [LOSS_SAME] = "same",           [LOSS_NEW] = "new",
    [LOSS_INCREASED] = "increased",       [LOSS_DECREASED] = "decreased", [LOSS_GONE] = "gone",
};

static void diff_old(struct json_writer *json, const struct model *old)
{
    char ending[WORDS_ENDING_SHORT];
    struct ending how = ending_of(old);
    bool there = *old->log_path;

    words_ending_short(ending, &how);
    json_text(json, "log", there ? old->log_path : NULL);
    json_number(json, "pid", old->header.pid);
    json_text(json, "command", old->command);
    json_text(json, "executable", old->executable);
    json_number(json, "started_ns", old->header.start_realtime_ns);
    json_number(json, "ended_ns", old->header.end_realtime_ns);
    json_text(json, "ending", there ? ending : NULL);
    json_bool(json, "has_kinds", old->has_verdicts);
    json_totals(json, old);
}

static void diff_leaks(struct json_writer *json, const struct selection *selection)
{
    json_object(json, "leaks");
    for (unsigned kind = 0; kind < BLOCK_KINDS_COUNT; kind++)
        json_sum(json, export_kind(kind), selection->bytes_before[kind],
                 selection->blocks_before[kind]);
    json_sum(json, "suppressed", selection->suppressed_bytes_before,
             selection->suppressed_blocks_before);
    json_end_object(json);
}

static void diff_sums(struct json_writer *json, const struct log_diff *diff)
{
    json_object(json, "sums");
    for (int change = LOSS_SAME; change < LOSS_CHANGES_COUNT; change++) {
        const struct diff_sum *sum = &diff->sums[change];

        json_object(json, diff_changes[change]);
        json_number(json, "records", sum->records);
        json_number(json, "bytes", sum->bytes);
        json_number(json, "blocks", sum->blocks);
        json_number(json, "bytes_before", sum->bytes_before);
        json_number(json, "blocks_before", sum->blocks_before);
        json_end_object(json);
    }
    json_end_object(json);
    json_number(json, "errors_known", diff->misuses_known);
    json_number(json, "errors_gone", diff->misuses_gone);
}

#define DIFF_COLUMN(key, put, value)                                                               \
    json_array(json, key);                                                                         \
    for (uint32_t i = 0; i < records->count; i++) {                                                \
        const struct loss_record *record = &records->records[i];                                   \
        put(json, NULL, value);                                                                    \
    }                                                                                              \
    json_end_array(json)

static const char *diff_kind_before(const struct loss_record *record)
{
    return record->change == LOSS_NEW ? export_kind(record->kind_before) : NULL;
}

static void diff_records(struct json_writer *json, const struct loss_records *records)
{
    json_object(json, "records");
    DIFF_COLUMN("change", json_text, diff_changes[record->change]);
    DIFF_COLUMN("shown", json_number, record->shown);
    DIFF_COLUMN("kind_before", json_text, diff_kind_before(record));
    DIFF_COLUMN("blocks_before", json_number, record->before.blocks);
    DIFF_COLUMN("bytes_before", json_number, record->before.direct);
    DIFF_COLUMN("indirect_bytes_before", json_number, record->before.indirect);
    json_end_object(json);
}

void json_diff(struct json_writer *json, const struct report *report)
{
    const struct log_diff *diff = report->diff;

    if (!diff)
        return;
    json_object(json, "diff");
    diff_old(json, diff->old);
    diff_leaks(json, report->selection);
    diff_sums(json, diff);
    diff_records(json, report->records);
    json_object(json, "stacks");
    json_uses(json, diff->use_before, diff->stack_count, model_stack_count(report->model));
    json_end_object(json);
    json_end_object(json);
}
