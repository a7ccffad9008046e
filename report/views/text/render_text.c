/* The text view: a process's report, in valgrind's order. */
#include "judge/memory_view.h"
#include "suppress/suppress_print.h"
#include "views/text/text_all.h"
#include "views/text/text_files.h"
#include "views/text/text_growth.h"
#include "views/text/text_head.h"
#include "views/text/text_holders.h"
#include "views/text/text_leaks.h"
#include "views/text/text_misuse.h"
#include "views/text/text_stack.h"
#include "views/text/text_stale.h"
#include "views/text/text_never.h"
#include "views/text/text_tally.h"
#include "views/text/text_timeline.h"
#include "views/text/text_usage.h"
#include "words/words_ending.h"
#include "words/words_memory.h"

static uint64_t text_frees(const struct model *model)
{
    return model->totals.frees + model->totals.bad_frees;
}

#define DELTA(now, member) (old ? delta_text(now, old->member).text : "")

static void text_heap_summary(const struct text_page *page)
{
    const struct model *model = page->report->model;
    const struct model *old = page->report->diff ? page->report->diff->old : NULL;
    const struct trace_totals *totals = &model->totals;
    uint64_t frees = text_frees(model);

    text_line(page, "HEAP SUMMARY:");
    text_line(page, "    in use %s: %s%s bytes in %s%s blocks", words_moment(page->report->moment),
              NUMBER(model->bytes_in_use), DELTA(model->bytes_in_use, bytes_in_use),
              NUMBER(model->blocks_in_use), DELTA(model->blocks_in_use, blocks_in_use));
    if (!(model->header.flags & TRACE_FLAG_UNTRACED))
        text_line(page, "  total heap usage: %s%s allocs, %s%s frees, %s%s bytes allocated",
                  NUMBER(totals->allocations), DELTA(totals->allocations, totals.allocations),
                  NUMBER(frees), old ? delta_text(frees, text_frees(old)).text : "",
                  NUMBER(totals->bytes_allocated),
                  DELTA(totals->bytes_allocated, totals.bytes_allocated));
    if (memory_is_shown(page->report->options, model))
        text_sentence(page, "  ", words_memory(&model->header.memory));
    if (model->mapped.is_known)
        text_sentence(page, "  ", words_mapped(&model->mapped, model->header.memory.is_known == 1));
    text_blank(page);
}

static void text_error_summary(const struct text_page *page)
{
    const struct selection *selection = page->report->selection;

    text_line_in(page, selection->errors ? TEXT_BAD : TEXT_GOOD,
                 "ERROR SUMMARY: %s errors from %s contexts (suppressed: %s from %s)",
                 NUMBER(selection->errors), NUMBER(selection->contexts),
                 NUMBER(selection->suppressed_errors), NUMBER(selection->suppressed_contexts));
}

static void text_suppressions(const struct text_page *page)
{
    const struct suppressions *suppressions = page->report->selection->suppressions;

    fprintf(page->out, "%s\n", page->debug_prefix);
    suppress_print_used(page->out, page->debug_prefix, suppressions);
    if (page->report->outline.lists_unused)
        suppress_print_unused(page->out, page->debug_prefix, suppressions);
    text_blank(page);
}

/* The summary comes again below the lists, so that nobody has to look for it above them. */
static void text_tail(const struct text_page *page)
{
    const struct outline *outline = &page->report->outline;

    if (outline->leaks == OUTLINE_LEAKS_NOT_ASKED)
        text_line(page, "For errors and leaks, add: --leak-check=full");
    else if (outline->advise_lists)
        text_line(page, "For lists of detected and suppressed errors, rerun with: -s");
    text_error_summary(page);
    if (outline->lists_errors)
        text_misuse_list(page);
    if (outline->lists_suppressed)
        text_suppressed_list(page);
    if (outline->lists_suppressions)
        text_suppressions(page);
    if (outline->lists_errors || outline->lists_suppressed || outline->lists_suppressions)
        text_error_summary(page);
}

/* --exit-on-first-error: that was one. */
static void text_say_over(const struct text_page *page)
{
    if (!page->report->options->quiet)
        text_blank(page);
    text_line(page, "Exit program on first error (--exit-on-first-error=yes)");
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

/* Behind the errors. */
static void text_memory(const struct text_page *page)
{
    if (page->report->model->open_files)
        text_files(page);
    if (!page->report->options->quiet)
        text_heap_summary(page);
    text_usage(page);
    text_tally(page);
    if (page->report->options->timeline)
        text_timeline(page);
    if (page->report->growth)
        text_growth(page);
    text_never(page);
    text_holders(page);
    text_stale(page);
    text_leaks(page);
    if (!page->report->options->quiet && page->report->outline.ends == OUTLINE_ENDS_WHOLE)
        text_hints(page);
}

static void text_render(FILE *out, const struct report *report)
{
    struct text_page page = {.out = out, .report = report};

    text_set_prefixes(&page);
    text_stacks_begin(&page);
    text_head(&page);
    if (report->outline.errors)
        text_misuses(&page);
    if (report->outline.errors && !report->options->quiet && !report->errors_from &&
        report->outline.ends != OUTLINE_ENDS_AT_MISUSE)
        text_blank(&page);
    if (report->outline.ends != OUTLINE_ENDS_AT_MISUSE)
        text_memory(&page);
    if (report->outline.ends != OUTLINE_ENDS_WHOLE)
        text_say_over(&page);
    else if (!report->options->quiet)
        text_tail(&page);
    text_stacks_end(&page);
}

static void text_render_errors(FILE *out, const struct report *report)
{
    struct text_page page = {.out = out, .report = report};

    text_set_prefixes(&page);
    text_stacks_begin(&page);
    text_head_of_errors(&page);
    text_misuses(&page);
    text_stacks_end(&page);
}

const struct renderer render_text = {
    .render = text_render, .render_errors = text_render_errors, .end = text_all};
