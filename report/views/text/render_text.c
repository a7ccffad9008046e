#include "views/text/render_text.h"
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/safe_text.h"
#include "judge/verdict.h"
#include "suppress/suppress_print.h"

/* Nearly every line fits in, and a large report has a million of them. */
void render_text_line(const struct text_page *page, const char *format, ...)
{
    char buffer[512], *text = buffer;
    va_list arguments, again;

    va_start(arguments, format);
    va_copy(again, arguments);
    int length = vsnprintf(buffer, sizeof buffer, format, arguments);
    if (length >= (int)sizeof buffer && vasprintf(&text, format, again) < 0)
        text = buffer;
    va_end(again);
    va_end(arguments);
    safe_text_make(text);
    fputs_unlocked(page->prefix, page->out);
    if (length >= 0)
        fputs_unlocked(text, page->out);
    putc_unlocked('\n', page->out);
    if (text != buffer)
        free(text);
}

void render_text_blank(const struct text_page *page)
{
    fputs_unlocked(page->prefix, page->out);
    putc_unlocked('\n', page->out);
}

/* --- heap summary -------------------------------------------------------- */

const char *render_text_when(const struct model *model)
{
    if (model->process != PROCESS_ENDED && model->is_copy)
        return "when the copy was made";
    return model->process == PROCESS_RUNNING  ? "now"
           : model->process == PROCESS_GONE   ? "when it ended"
           : model->process == PROCESS_UNSEEN ? "when it was last seen"
                                              : "at exit";
}

static void text_heap_summary(const struct text_page *page)
{
    const struct model *model = page->report->model;
    const struct trace_totals *totals = &model->totals;

    render_text_line(page, "HEAP SUMMARY:");
    render_text_line(page, "    in use %s: %s bytes in %s blocks", render_text_when(model),
                     NUMBER(model->bytes_in_use), NUMBER(model->blocks_in_use));
    render_text_line(page, "  total heap usage: %s allocs, %s frees, %s bytes allocated",
                     NUMBER(totals->allocations), NUMBER(totals->frees + totals->bad_frees),
                     NUMBER(totals->bytes_allocated));
    render_text_blank(page);
}

/* --- what stands around errors --------------------------------------------- */

/* --error-markers=BEGIN,END: one of the two, a line of its own. */
static void text_marker(const struct text_page *page, bool end)
{
    const char *markers = page->report->options->error_markers;
    size_t length = markers ? strcspn(markers, ",") : 0;

    if (markers && !end)
        render_text_line(page, "%.*s", (int)length, markers);
    else if (markers && markers[length] && markers[length + 1])
        render_text_line(page, "%s", markers + length + 1);
}

/* --exit-on-first-error: this was one, so there is nothing more to say. */
static bool text_is_over(const struct text_page *page)
{
    return page->report->options->exit_on_first_error && page->report->selection->contexts;
}

static void text_say_over(const struct text_page *page)
{
    if (!page->report->options->quiet)
        render_text_blank(page);
    render_text_line(page, "Exit program on first error (--exit-on-first-error=yes)");
}

/* --- loss records -------------------------------------------------------- */

static void text_record_live(const struct text_page *page, const struct loss_record *record)
{
    render_text_line(page, "%s bytes in %s blocks are in use %s in record %s of %s",
                     NUMBER(record->bytes), NUMBER(record->blocks),
                     render_text_when(page->report->model), NUMBER(record->number),
                     NUMBER(page->report->records->count));
}

static void text_record_leak(const struct text_page *page, const struct loss_record *record)
{
    uint64_t direct = record->bytes - record->suppressed_bytes;
    uint64_t blocks = record->blocks - record->suppressed_blocks;
    char indirect[2 * NUMBER_TEXT_SIZE + 32] = "";

    if (record->indirect_bytes)
        snprintf(indirect, sizeof indirect, " (%s direct, %s indirect)", NUMBER(direct),
                 NUMBER(record->indirect_bytes));
    render_text_line(page, "%s%s bytes in %s blocks are %s in loss record %s of %s",
                     NUMBER(direct + record->indirect_bytes), indirect, NUMBER(blocks),
                     model_kind_words(record->kind), NUMBER(record->number),
                     NUMBER(page->report->records->count));
}

static void text_record(const struct text_page *page, const struct loss_record *record)
{
    text_marker(page, false);
    if (record->kind == BLOCK_LIVE)
        text_record_live(page, record);
    else
        text_record_leak(page, record);
    render_text_stack(page, record->stack);
    render_text_blank(page);
    render_text_suppression(page, SUPPRESS_LEAK, select_leak_kinds(record), record->stack);
    text_marker(page, true);
}

/* Up to the first that counts as an error, if nothing is to come behind that. */
static void text_records(const struct text_page *page)
{
    const struct loss_records *records = page->report->records;

    for (uint32_t i = 0; i < records->count; i++) {
        const struct loss_record *record = &records->records[i];

        if (!record->shown)
            continue;
        text_record(page, record);
        if (text_is_over(page) && record->is_error)
            return;
    }
}

/* --- leak summary -------------------------------------------------------- */

static void text_heuristics(const struct text_page *page)
{
    static const char *const names[SELECT_HEURISTICS] = {
        [TRACE_STDSTRING] = "stdstring",
        [TRACE_LENGTH64] = "length64",
        [TRACE_NEWARRAY] = "newarray",
        [TRACE_MULTIPLE_INHERITANCE] = "multipleinheritance",
    };
    const struct selection *selection = page->report->selection;
    bool any = false;

    for (int i = 1; i < SELECT_HEURISTICS; i++) {
        if (!selection->heuristic_blocks[i])
            continue;
        if (!any)
            render_text_line(page, "                      of which reachable via heuristic:");
        any = true;
        render_text_line(page, "                        %-19s: %s bytes in %s blocks", names[i],
                         NUMBER(selection->heuristic_bytes[i]),
                         NUMBER(selection->heuristic_blocks[i]));
    }
}

static void text_leak_kind(const struct text_page *page, enum block_kind kind, const char *name)
{
    const struct selection *selection = page->report->selection;

    render_text_line(page, "%18s: %s bytes in %s blocks", name, NUMBER(selection->bytes[kind]),
                     NUMBER(selection->blocks[kind]));
}

/* What the user may want to ask for next. */
static void text_leak_advice(const struct text_page *page)
{
    const struct report *report = page->report;
    const struct selection *selection = report->selection;
    uint64_t blocks = 0;

    for (int kind = 0; kind < BLOCK_LIVE; kind++)
        blocks += selection->blocks[kind];
    if (report->options->leak_check != CLI_CHECK_FULL && blocks)
        render_text_line(page, "Rerun with --leak-check=full to see details of leaked memory");
    if (report->options->leak_check == CLI_CHECK_FULL && selection->blocks[BLOCK_REACHABLE] &&
        !(report->options->show_kinds >> BLOCK_REACHABLE & 1)) {
        render_text_line(page, "Reachable blocks (those to which a pointer was found) are not "
                               "shown.");
        render_text_line(page, "To see them, rerun with: --leak-check=full --show-leak-kinds=all");
    }
}

static void text_leak_summary(const struct text_page *page)
{
    const struct selection *selection = page->report->selection;

    render_text_line(page, "LEAK SUMMARY:");
    text_leak_kind(page, BLOCK_DEFINITELY_LOST, "definitely lost");
    text_leak_kind(page, BLOCK_INDIRECTLY_LOST, "indirectly lost");
    text_leak_kind(page, BLOCK_POSSIBLY_LOST, "possibly lost");
    text_leak_kind(page, BLOCK_REACHABLE, "still reachable");
    text_heuristics(page);
    render_text_line(page, "        suppressed: %s bytes in %s blocks",
                     NUMBER(selection->suppressed_bytes), NUMBER(selection->suppressed_blocks));
    if (selection->hanging_blocks)
        render_text_line(page,
                         "Of the suppressed blocks, %s are lost only through suppressed ones.",
                         NUMBER(selection->hanging_blocks));
    text_leak_advice(page);
    render_text_blank(page);
}

/* Why there is no LEAK SUMMARY. */
static void text_no_verdict(const struct text_page *page)
{
    char *why = verdict_no_check(page->report->model);

    render_text_line(page, "Leak kinds cannot be told: %s.", why);
    free(why);
    render_text_blank(page);
}

static void text_leaks(const struct text_page *page)
{
    const struct report *report = page->report;
    bool quiet = report->options->quiet;

    if (verdict_all_freed(report->model)) {
        /* What was not seen may leak. */
        bool unseen = (report->model->header.flags & TRACE_FLAG_BYPASSED) &&
                      !report->model->totals.allocations;
        if (!quiet && !unseen) {
            render_text_line(page, "All heap blocks were freed -- no leaks are possible");
            render_text_blank(page);
        }
        return;
    }
    if (report->options->leak_check == CLI_CHECK_NO) {
        if (!quiet) {
            render_text_line(page, "For a detailed leak analysis, rerun with: --leak-check=full");
            render_text_blank(page);
        }
        return;
    }
    text_records(page);
    if (text_is_over(page))
        return;
    if (!quiet && report->model->has_verdicts)
        text_leak_summary(page);
    else if (!quiet)
        text_no_verdict(page);
}

/* --- errors -------------------------------------------------------------- */

static void text_misuses(const struct text_page *page)
{
    const struct model *model = page->report->model;

    for (uint32_t i = 0; i < model->misuse_count; i++) {
        const struct misuse *misuse = &model->misuses[i];

        if (misuse->suppressed)
            continue;
        text_marker(page, false);
        render_text_misuse(page, misuse);
        render_text_blank(page);
        render_text_suppression(page, select_suppress_kind(misuse), 0, misuse->stack);
        text_marker(page, true);
        if (text_is_over(page))
            return;
    }
    if (!page->report->options->quiet)
        render_text_blank(page);
}

static void text_error_summary(const struct text_page *page)
{
    const struct selection *selection = page->report->selection;

    render_text_line(page, "ERROR SUMMARY: %s errors from %s contexts (suppressed: %s from %s)",
                     NUMBER(selection->errors), NUMBER(selection->contexts),
                     NUMBER(selection->suppressed_errors), NUMBER(selection->suppressed_contexts));
}

/* Both are of one array, so their order there is that of their addresses. */
static int text_compare_errors(const void *left, const void *right)
{
    const struct misuse *a = *(const struct misuse *const *)left;
    const struct misuse *b = *(const struct misuse *const *)right;
    uint64_t a_times = a->record.count, b_times = b->record.count;

    if (a_times != b_times)
        return a_times < b_times ? -1 : 1;
    return (a < b) - (a > b);
}

/* -s: all errors again, the rarest first and the latest first among equals, as in valgrind. */
static void text_error_list(const struct text_page *page)
{
    const struct model *model = page->report->model;
    const struct misuse **errors = memory_resized(NULL, model->misuse_count, sizeof *errors);
    uint32_t count = 0;

    for (uint32_t i = 0; i < model->misuse_count; i++)
        if (!model->misuses[i].suppressed)
            errors[count++] = &model->misuses[i];
    qsort(errors, count, sizeof *errors, text_compare_errors);
    for (uint32_t i = 0; i < count; i++) {
        render_text_blank(page);
        render_text_line(page, "%s errors in context %s of %s:", NUMBER(errors[i]->record.count),
                         NUMBER(i + 1), NUMBER(page->report->selection->contexts));
        render_text_misuse(page, errors[i]);
        render_text_blank(page);
    }
    free(errors);
}

static bool text_any_used(const struct suppressions *suppressions)
{
    for (size_t i = 0; i < suppress_entries_count(suppressions); i++)
        if (suppress_entry_at(suppressions, i)->times)
            return true;
    return false;
}

static void text_suppressions(const struct text_page *page)
{
    const struct suppressions *suppressions = page->report->selection->suppressions;

    fprintf(page->out, "%s\n", page->debug_prefix);
    suppress_print_used(page->out, page->debug_prefix, suppressions);
    if (page->report->options->verbose && !page->report->several)
        suppress_print_unused(page->out, page->debug_prefix, suppressions);
    render_text_blank(page);
}

/* The summary comes again below the lists, so that nobody has to look for it above them. */
static void text_tail(const struct text_page *page)
{
    const struct options *options = page->report->options;
    const struct selection *selection = page->report->selection;
    bool lists = options->verbose || options->show_error_list;
    bool errors = lists && page->report->model->misuse_count > selection->suppressed_misuses;
    bool suppressions = lists && suppress_entries_count(selection->suppressions) > 0 &&
                        (options->verbose || text_any_used(selection->suppressions));

    if (!options->show_leaks)
        render_text_line(page, "For errors and leaks, add: --leak-check=full");
    else if (!lists)
        render_text_line(page, "For lists of detected and suppressed errors, rerun with: -s");
    text_error_summary(page);
    if (errors)
        text_error_list(page);
    if (suppressions)
        text_suppressions(page);
    if (errors || suppressions)
        text_error_summary(page);
}

/* With -q: is there anything to say of this process? */
static bool text_says_something(const struct report *report)
{
    if (report->selection->contexts)
        return true;
    for (uint32_t i = 0; i < report->records->count; i++)
        if (report->records->records[i].shown)
            return true;
    return options_want_usage(report->options);
}

static void text_head(const struct text_page *page)
{
    const struct report *report = page->report;

    if (report->several && report->number && !report->options->quiet)
        fputc('\n', page->out);
    if (!report->options->quiet)
        render_text_head(page);
    else if (report->several && text_says_something(report))
        render_text_head_quiet(page);
}

/* The report is made at the end, so that is the time of all its lines. */
static void text_set_prefixes(struct text_page *page)
{
    const struct trace_header *header = &page->report->model->header;
    char time[32] = "";

    if (page->report->options->time_stamp) {
        uint64_t end = header->end_realtime_ns, start = header->start_realtime_ns;
        uint64_t ms = end > start ? (end - start) / 1000000 : 0;

        snprintf(time, sizeof time, "%02u:%02u:%02u:%02u.%03u ", (unsigned)(ms / 86400000),
                 (unsigned)(ms / 3600000 % 24), (unsigned)(ms / 60000 % 60),
                 (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
    }
    snprintf(page->prefix, sizeof page->prefix, "==%s%u== ", time, header->pid);
    snprintf(page->debug_prefix, sizeof page->debug_prefix, "--%s%u-- ", time, header->pid);
}

/* Whether there is to be more. */
static bool text_errors(const struct text_page *page)
{
    const struct selection *selection = page->report->selection;

    text_misuses(page);
    return !text_is_over(page) ||
           page->report->model->misuse_count == selection->suppressed_misuses;
}

/* Behind the errors. */
static void text_memory(const struct text_page *page)
{
    const struct options *options = page->report->options;

    if (!options->quiet)
        text_heap_summary(page);
    render_text_usage(page);
    if (options->timeline)
        render_text_timeline(page);
    if (options->show_leaks)
        text_leaks(page);
}

static void text_render(FILE *out, const struct report *report)
{
    const struct options *options = report->options;
    struct text_page page = {.out = out, .report = report};

    text_set_prefixes(&page);
    render_text_stacks_begin(&page);
    text_head(&page);
    if (!options->show_leaks || text_errors(&page))
        text_memory(&page);
    if (options->show_leaks && text_is_over(&page))
        text_say_over(&page);
    else if (!options->quiet)
        text_tail(&page);
    render_text_stacks_end(&page);
}

const struct renderer render_text = {.render = text_render, .render_all = render_text_all};
