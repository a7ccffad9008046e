/* Prometheus' text format (0.0.4): what its server and node_exporter's textfile collector read.
 *
 * Counters end in _total, bytes in _bytes. What is a figure of a kind or of a stack has it as a
 * label; of stacks there are as many as --top says, so that a server does not keep thousands of
 * series. Rates are the reader's: rate(leakreport_allocated_bytes_total[5m]). A page is one
 * process, because all samples of one name have to stand together. In labels what is no UTF-8 is a
 * question mark. */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/text_buffer.h"
#include "base/utf8.h"
#include "judge/shown_stack.h"
#include "views/renderer.h"

enum { STACK_LINES = 24 };

/* --- labels --------------------------------------------------------------- */

static void prometheus_add_escaped(struct text_buffer *text, const char *value)
{
    uint32_t character;

    for (size_t size; *value; value += size) {
        size = utf8_character(value, &character);
        if (size == 0) {
            text_buffer_add(text, "?");
            size = 1;
        } else if (*value == '\n') {
            text_buffer_add(text, "\\n");
        } else {
            text_buffer_format(text, "%s%.*s", *value == '\\' || *value == '"' ? "\\" : "",
                               (int)size, value);
        }
    }
}

static void prometheus_add_label(struct text_buffer *text, const char *name, const char *value)
{
    text_buffer_format(text, "%s%s=\"", text->length ? "," : "", name);
    prometheus_add_escaped(text, value);
    text_buffer_add(text, "\"");
}

static void prometheus_begin_labels(struct text_buffer *text, const struct report *report)
{
    char pid[16];

    text_buffer_clear(text);
    snprintf(pid, sizeof pid, "%" PRIu32, report->model->header.pid);
    prometheus_add_label(text, "program", report->tree->entries[report->number].program);
    prometheus_add_label(text, "pid", pid);
}

/* --- metrics -------------------------------------------------------------- */

struct prometheus {
    FILE *out;
    const struct report *report;
    struct text_buffer labels;
};

static void prometheus_head(struct prometheus *page, const char *name, const char *type,
                            const char *help)
{
    fprintf(page->out, "# HELP leakreport_%s %s\n# TYPE leakreport_%s %s\n", name, help, name,
            type);
}

static void prometheus_sample(struct prometheus *page, const char *name, double value)
{
    fprintf(page->out, "leakreport_%s{%s} %.17g\n", name, page->labels.text, value);
}

static void prometheus_one(struct prometheus *page, const char *name, const char *type,
                           const char *help, uint64_t value)
{
    prometheus_begin_labels(&page->labels, page->report);
    prometheus_head(page, name, type, help);
    fprintf(page->out, "leakreport_%s{%s} %" PRIu64 "\n", name, page->labels.text, value);
}

static uint64_t prometheus_errors(const struct model *model)
{
    uint64_t errors = 0;

    for (uint32_t i = 0; i < model->misuse_count; i++)
        errors += model->misuses[i].record.count;
    return errors;
}

static void prometheus_totals(struct prometheus *page)
{
    const struct model *model = page->report->model;
    const struct trace_totals *totals = &model->totals;
    const struct trace_header *header = &model->header;

    prometheus_one(page, "live_bytes", "gauge", "Bytes in heap blocks that are not freed.",
                   model->bytes_in_use);
    prometheus_one(page, "live_blocks", "gauge", "Heap blocks that are not freed.",
                   model->blocks_in_use);
    prometheus_one(page, "peak_bytes", "gauge", "The most bytes that were ever live.",
                   header->peak.bytes > 0 ? (uint64_t)header->peak.bytes : 0);
    prometheus_one(page, "allocations_total", "counter", "Heap blocks allocated since the start.",
                   totals->allocations);
    prometheus_one(page, "frees_total", "counter", "Heap blocks freed since the start.",
                   totals->frees);
    prometheus_one(page, "allocated_bytes_total", "counter", "Bytes allocated since the start.",
                   totals->bytes_allocated);
    prometheus_one(page, "freed_bytes_total", "counter", "Bytes freed since the start.",
                   totals->bytes_freed);
    prometheus_one(page, "errors_total", "counter",
                   "Wrong frees, and reads and writes of freed memory.", prometheus_errors(model));
    prometheus_one(page, "unrecorded_allocations_total", "counter",
                   "Allocations that did not fit into the log.", header->losses.blocks);
}

static void prometheus_kinds_of(struct prometheus *page, const char *name, const char *help,
                                const uint64_t *values)
{
    static const char *const words[] = {"reachable", "possible", "indirect", "definite"};

    prometheus_head(page, name, "gauge", help);
    for (int kind = TRACE_DEFINITELY_LOST; kind >= TRACE_REACHABLE; kind--) {
        prometheus_begin_labels(&page->labels, page->report);
        prometheus_add_label(&page->labels, "kind", words[kind]);
        fprintf(page->out, "leakreport_%s{%s} %" PRIu64 "\n", name, page->labels.text,
                values[kind]);
    }
}

/* Only of a log that has a leak check: a snapshot, or one of a process that has ended. */
static void prometheus_kinds(struct prometheus *page)
{
    if (!page->report->model->has_verdicts)
        return;
    prometheus_kinds_of(page, "leak_bytes",
                        "Bytes in heap blocks, by what the leak check found of them.",
                        page->report->selection->bytes);
    prometheus_kinds_of(page, "leak_blocks", "Heap blocks, by what the leak check found of them.",
                        page->report->selection->blocks);
}

/* --- stacks --------------------------------------------------------------- */

/* "main (a.c:3);run (a.c:9);...", from the outside, as flame graphs have it. The innermost frame,
 * the allocation function, says nothing that a reader would want to tell stacks apart by. */
static char *prometheus_stack(const struct report *report, uint32_t stack)
{
    struct shown_stack shown;
    struct shown_line line;
    char *lines[STACK_LINES];
    struct text_buffer text = {0};
    unsigned count = 0;

    shown_stack_begin(&shown, report->options, report->model, stack);
    while (count < STACK_LINES && shown_stack_next(&shown, &line))
        lines[count++] = line.number
                             ? memory_text("%s (%s:%u)", line.function ? line.function : "???",
                                           line.file, line.number)
                             : memory_text("%s", line.function ? line.function : "???");
    while (count-- > 0) {
        text_buffer_format(&text, "%s%s", text.length ? ";" : "", lines[count]);
        free(lines[count]);
    }
    return text.text ? text.text : memory_text("unknown");
}

struct prometheus_series {
    struct intern stacks; /* key: the text: two stacks may look the same */
    char **texts;
    double (*values)[3];
    uint32_t capacity, value_capacity;
};

static void prometheus_add(struct prometheus_series *series, char *text, double value,
                           double second, double third)
{
    uint32_t known = series->stacks.count;
    uint32_t number = intern_put(&series->stacks, text, strlen(text) + 1);

    if (number == known) {
        memory_reserve(series->texts, number, series->capacity);
        memory_reserve(series->values, number, series->value_capacity);
        series->texts[number] = text;
        memset(series->values[number], 0, sizeof *series->values);
    } else {
        free(text);
    }
    series->values[number][0] += value;
    series->values[number][1] += second;
    series->values[number][2] += third;
}

static void prometheus_write(struct prometheus *page, const struct prometheus_series *series,
                             const char *name, const char *type, const char *help, unsigned column)
{
    if (!series->stacks.count)
        return;
    prometheus_head(page, name, type, help);
    for (uint32_t i = 0; i < series->stacks.count; i++) {
        prometheus_begin_labels(&page->labels, page->report);
        prometheus_add_label(&page->labels, "stack", series->texts[i]);
        prometheus_sample(page, name, series->values[i][column]);
    }
}

static void prometheus_forget(struct prometheus_series *series)
{
    for (uint32_t i = 0; i < series->stacks.count; i++)
        free(series->texts[i]);
    free(series->texts);
    free(series->values);
    intern_free(&series->stacks);
}

static void prometheus_top(struct prometheus *page)
{
    const struct report *report = page->report;
    const struct ranking *live = &report->rankings->by[CLI_ORDER_LIVE];
    struct prometheus_series series = {0};

    for (uint32_t i = 0; i < live->shown; i++) {
        const struct ranked *ranked = &live->stacks[i];
        const struct stack_use *use = &report->model->usage->stacks[ranked->stack];

        prometheus_add(&series, prometheus_stack(report, ranked->stack), (double)ranked->figure,
                       (double)ranked->second, (double)use->bytes_allocated);
    }
    prometheus_write(page, &series, "stack_live_bytes", "gauge",
                     "Live bytes of the call stacks with the most.", 0);
    prometheus_write(page, &series, "stack_live_blocks", "gauge",
                     "Live blocks of the call stacks with the most live bytes.", 1);
    prometheus_write(page, &series, "stack_allocated_bytes_total", "counter",
                     "Bytes allocated by the call stacks with the most live bytes.", 2);
    prometheus_forget(&series);
}

static void prometheus_growth(struct prometheus *page)
{
    const struct growth_stacks *growth = page->report->growth;
    struct prometheus_series series = {0};

    for (uint32_t i = 0; growth && i < growth->shown; i++)
        if (growth->stacks[i].growth.kind == GROWTH_ENDLESS)
            prometheus_add(&series, prometheus_stack(page->report, growth->stacks[i].stack),
                           growth->stacks[i].growth.bytes_per_hour, 0, 0);
    prometheus_write(page, &series, "stack_growth_bytes_per_hour", "gauge",
                     "How fast the call stacks grow that grow without end.", 0);
    prometheus_forget(&series);
}

static void prometheus_render(FILE *out, const struct report *report)
{
    struct prometheus page = {.out = out, .report = report};

    prometheus_totals(&page);
    prometheus_kinds(&page);
    prometheus_top(&page);
    prometheus_growth(&page);
    free(page.labels.text);
}

const struct renderer render_prometheus = {
    .render = prometheus_render, .wants_usage = true, .wants_history = true, .one_process = true};
