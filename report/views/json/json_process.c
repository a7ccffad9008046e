#include "views/json/json_process.h"
#include <stdlib.h>
#include "judge/export_words.h"
#include "judge/timeline.h"
#include "views/json/json_diff.h"
#include "views/json/json_holders.h"
#include "views/json/json_stacks.h"
#include "views/json/json_sums.h"
#include "views/json/json_never.h"
#include "views/json/json_tally.h"
#include "words/words_ending.h"
#include "words/words_error.h"
#include "words/words_note.h"

/* --- the process --------------------------------------------------------- */

static void json_ending(struct json_writer *json, const struct ending *ending)
{
    char text[WORDS_ENDING_SHORT];

    words_ending_short(text, ending);
    json_text(json, "ending", text);
}

static void json_identity(struct json_writer *json, const struct report *report)
{
    const struct model *model = report->model;
    const struct process_entry *entry = &report->tree->entries[report->number];

    json_number(json, "pid", model->header.pid);
    json_number(json, "parent_pid", model->header.parent_pid);
    if (entry->parent == PROCESS_NONE)
        json_text(json, "parent", NULL);
    else
        json_number(json, "parent", entry->parent);
    json_text(json, "command", model->command);
    json_text(json, "executable", model->executable);
    json_text(json, "log", report->options->logs_are_temporary ? NULL : model->log_path);
    json_number(json, "started_ns", model->header.start_realtime_ns);
    json_number(json, "ended_ns", model->header.end_realtime_ns);
    json_ending(json, &report->ending);
    json_text(json, "became", model->became);
    json_bool(json, "forked", model->header.flags & TRACE_FLAG_CHILD);
}

static void json_note(struct json_writer *json, const struct note *note)
{
    char *text = words_note(note);

    json_object(json, NULL);
    json_text(json, "kind", note_name(note->kind));
    json_bool(json, "gap", note_is_gap(note->kind));
    json_text(json, "text", text);
    json_end_object(json);
    free(text);
}

static void json_doubts(struct json_writer *json, const struct report *report)
{
    const struct model *model = report->model;

    json_bool(json, "has_kinds", model->has_verdicts);
    json_number(json, "sample_bytes", model->header.sample_bytes);
    char *doubt = words_doubt(&report->tree->entries[report->number].doubt);
    json_text(json, "doubt", doubt);
    free(doubt);
    json_array(json, "notes");
    for (uint32_t i = 0; i < model->note_count; i++)
        json_note(json, &model->notes[i]);
    json_end_array(json);
}

static void json_leaks(struct json_writer *json, const struct selection *selection)
{
    json_object(json, "leaks");
    for (unsigned kind = 0; kind < BLOCK_KINDS_COUNT; kind++)
        json_sum(json, export_kind(kind), selection->bytes[kind], selection->blocks[kind]);
    json_sum(json, "suppressed", selection->suppressed_bytes, selection->suppressed_blocks);
    json_end_object(json);
    json_object(json, "error_summary");
    json_number(json, "errors", selection->errors);
    json_number(json, "contexts", selection->contexts);
    json_number(json, "suppressed", selection->suppressed_errors);
    json_number(json, "suppressed_contexts", selection->suppressed_contexts);
    json_end_object(json);
}

/* --- memory over time ---------------------------------------------------- */

static void json_peak(struct json_writer *json, const struct model *model)
{
    if (!model->usage)
        return;
    struct timeline_peak peak = timeline_peak(model);
    json_object(json, "peak");
    json_number(json, "bytes", peak.bytes);
    json_number(json, "blocks", peak.blocks);
    json_number(json, "after_ns", peak.after_ns);
    json_number(json, "before_ns", peak.before_ns);
    json_number(json, "resident_bytes", peak.resident_bytes);
    json_end_object(json);
    json_number(json, "threads", model->usage->threads);
}

#define JSON_THREADS(key, member)                                                                  \
    json_array(json, key);                                                                         \
    for (uint32_t i = 0; i < usage->by_thread_count; i++)                                          \
        if (usage->by_thread[i].tid)                                                               \
            json_number(json, NULL, usage->by_thread[i].member);                                   \
    json_end_array(json)

static void json_threads(struct json_writer *json, const struct usage *usage)
{
    if (!usage)
        return;
    json_object(json, "thread_use");
    JSON_THREADS("tid", tid);
    JSON_THREADS("allocations", allocations);
    JSON_THREADS("bytes_allocated", bytes_allocated);
    JSON_THREADS("temporary", temporary);
    json_end_object(json);
}

#define JSON_SAMPLES(key, member)                                                                  \
    json_array(json, key);                                                                         \
    for (uint32_t i = 0; usage && i < usage->sample_count; i++)                                    \
        json_number(json, NULL, usage->samples[i].member);                                         \
    json_end_array(json)

static void json_timeline(struct json_writer *json, const struct usage *usage)
{
    json_object(json, "timeline");
    JSON_SAMPLES("time_ns", time_ns);
    JSON_SAMPLES("bytes", live_bytes);
    JSON_SAMPLES("blocks", live_blocks);
    JSON_SAMPLES("resident_bytes", resident_bytes);
    json_end_object(json);
}

/* --- leaks and errors ---------------------------------------------------- */

#define JSON_RECORDS(key, value)                                                                   \
    json_array(json, key);                                                                         \
    for (uint32_t i = 0; i < records->count; i++) {                                                \
        const struct loss_record *record = &records->records[i];                                   \
        if (!record->left_out)                                                                     \
            json_number(json, NULL, value);                                                        \
    }                                                                                              \
    json_end_array(json)

static void json_records(struct json_writer *json, const struct loss_records *records)
{
    json_object(json, "records");
    json_array(json, "kind");
    for (uint32_t i = 0; i < records->count; i++)
        if (!records->records[i].left_out)
            json_text(json, NULL, export_kind(records->records[i].kind));
    json_end_array(json);
    JSON_RECORDS("stack", record->stack);
    JSON_RECORDS("blocks", record->blocks);
    JSON_RECORDS("bytes", record->bytes);
    JSON_RECORDS("indirect_blocks", record->indirect_blocks);
    JSON_RECORDS("indirect_bytes", record->indirect_bytes);
    JSON_RECORDS("is_error", record->is_error);
    JSON_RECORDS("suppressed", record->suppressed);
    json_end_object(json);
}

static const char *json_error_address(uint32_t kind)
{
    static const char *const words[] = {[TRACE_ADDRESS_LIVE_BLOCK] = "live block",
                                        [TRACE_ADDRESS_FREED_BLOCK] = "freed block",
                                        [TRACE_ADDRESS_STACK] = "stack",
                                        [TRACE_ADDRESS_DATA] = "data"};

    return kind < sizeof words / sizeof *words && words[kind] ? words[kind] : "unknown";
}

static void json_sentence(struct json_writer *json, const char *key, char *text)
{
    json_text(json, key, text);
    free(text);
}

static void json_error(struct json_writer *json, const struct model *model,
                       const struct misuse *misuse)
{
    const struct trace_error *record = &misuse->record;
    const struct misuse_view view = misuse_view(model, misuse);

    json_object(json, NULL);
    json_text(json, "kind", export_error_kind(record->kind));
    json_sentence(json, "text", words_misuse(misuse));
    json_sentence(json, "address_text", words_misuse_address(misuse, &view));
    json_sentence(json, "overwritten_text", words_misuse_overwritten(misuse, &view));
    json_number(json, "count", record->count);
    json_number(json, "time_ns", record->time_ns);
    json_number(json, "tid", record->tid);
    json_number(json, "address", record->address);
    json_text(json, "place", json_error_address(record->address_kind));
    json_number(json, "block", record->block);
    json_number(json, "block_size", record->block_size);
    json_number(json, "given", record->given);
    json_text(json, "variable", misuse->variable);
    json_number(json, "stack", misuse->stack);
    json_number(json, "stack_allocated", misuse->stack_allocated);
    json_number(json, "stack_freed", misuse->stack_freed);
    json_number(json, "stack_overwritten", misuse->stack_overwritten);
    json_bool(json, "suppressed", misuse->suppressed);
    json_end_object(json);
}

static void json_errors(struct json_writer *json, const struct model *model)
{
    json_array(json, "errors");
    for (uint32_t i = 0; i < model->misuse_count; i++)
        json_error(json, model, &model->misuses[i]);
    json_end_array(json);
}

/* Live blocks by size: of each power of two those that are as large, and less than the next. */
static void json_sizes(struct json_writer *json, const struct model *model)
{
    uint64_t blocks[65] = {0}, bytes[65] = {0};

    for (size_t i = 0; i < model->block_count; i++) {
        uint64_t size = model->blocks[i].size;
        unsigned row = size ? 64 - (unsigned)__builtin_clzll(size) : 0;

        struct trace_weight weight =
            trace_weight(model->header.sample_bytes, model->blocks[i].address, size);
        blocks[row] += weight.blocks;
        bytes[row] += weight.bytes;
    }
    json_object(json, "sizes");
    json_array(json, "blocks");
    for (unsigned row = 0; row < 65; row++)
        json_number(json, NULL, blocks[row]);
    json_end_array(json);
    json_array(json, "bytes");
    for (unsigned row = 0; row < 65; row++)
        json_number(json, NULL, bytes[row]);
    json_end_array(json);
    json_end_object(json);
}

/* null: nobody recorded it. */
static void json_mapped(struct json_writer *json, const struct model *model)
{
    const struct mapped *mapped = &model->mapped;

    if (!mapped->is_known) {
        json_text(json, "mapped", NULL);
        return;
    }
    json_object(json, "mapped");
    json_number(json, "bytes", mapped->bytes);
    json_number(json, "mappings", mapped->mappings);
    json_number(json, "of_files", mapped->of_files);
    json_number(json, "own_bytes", mapped->own_bytes);
    json_end_object(json);
}

void json_process(struct json_writer *json, const struct report *report, bool with_ends)
{
    const struct model *model = report->model;
    struct json_tables tables;

    json_tables_make(&tables, model, report->options->show_below_main, with_ends);
    json_identity(json, report);
    json_doubts(json, report);
    json_totals(json, model);
    json_leaks(json, report->selection);
    json_peak(json, model);
    json_timeline(json, model->usage);
    json_threads(json, model->usage);
    json_mapped(json, model);
    json_records(json, report->records);
    json_tally(json, report->tally, report->options->by);
    json_never(json, report->never);
    json_old_blocks(json, report->old);
    json_errors(json, model);
    json_diff(json, report);
    json_holders(json, report);
    json_number(json, "ending_stack", model->ending_stack);
    json_sizes(json, model);
    json_modules(json, model);
    json_nodes(json, &tables);
    json_stacks(json, &tables);
    json_frames(json, &tables);
    json_strings(json, &tables);
    json_tables_free(&tables);
}
