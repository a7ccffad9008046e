/* A row for each call stack with all that it did, as spreadsheets and data frames read it.
 *
 * RFC 4180: CRLF, a header row, quotes doubled. A cell that a spreadsheet would run as a formula
 * begins with an apostrophe. The stack is one cell: "function;file;line|function;file;line",
 * innermost first.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/field_text.h"
#include "base/memory.h"
#include "judge/call_tree.h"
#include "judge/stack_metric.h"
#include "views/renderer.h"

static void csv_begin(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("pid", out);
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        fprintf(out, ",%s%s", metric_name(metric), metric_is_bytes(metric) ? "_bytes" : "");
    fputs(",stack\r\n", out);
}

/* In a cell that is quoted. */
static void csv_put(FILE *out, const char *text)
{
    char *field = memory_text("%s", text);

    field_text_make(field, "|;", "  ");
    for (const char *at = field; *at; at++)
        if (*at == '"')
            fputs("\"\"", out);
        else
            putc(*at, out);
    free(field);
}

static void csv_put_frame(FILE *out, const struct call_tree *tree, uint32_t frame, bool is_first)
{
    struct call_position position = call_tree_position(tree, frame);
    char *name = call_tree_name(tree, frame);

    if (is_first && strchr("=+-@", *name))
        putc('\'', out);
    csv_put(out, name);
    putc(';', out);
    csv_put(out, position.path ? position.path : position.module);
    fprintf(out, ";%u", position.line);
    free(name);
}

static void csv_put_stack(FILE *out, const struct call_tree *tree, uint32_t node)
{
    putc('"', out);
    for (bool is_first = true; node; is_first = false) {
        struct call_node key = call_tree_node(tree, node);

        if (!is_first)
            putc('|', out);
        csv_put_frame(out, tree, key.frame, is_first);
        node = key.parent;
    }
    putc('"', out);
}

static void csv_render(FILE *out, const struct report *report)
{
    uint64_t *values[METRICS_COUNT];
    struct call_tree tree;

    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        values[metric] = metric_of_stacks(metric, report->model, report->records);
    call_tree_make_with_ends(&tree, report->model, report->options->show_below_main);
    for (uint32_t stack = 0; stack < tree.stack_count; stack++) {
        uint64_t any = 0;

        for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
            any |= values[metric][stack];
        if (!any)
            continue;
        fprintf(out, "%" PRIu32, report->model->header.pid);
        for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
            fprintf(out, ",%" PRIu64, values[metric][stack]);
        putc(',', out);
        csv_put_stack(out, &tree, tree.stacks[stack]);
        fputs("\r\n", out);
    }
    call_tree_free(&tree);
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        free(values[metric]);
}

const struct renderer render_csv = {
    .begin = csv_begin, .render = csv_render, .wants_usage = true, .wants_stacks = true};
