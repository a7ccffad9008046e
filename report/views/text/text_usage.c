#include "views/text/text_usage.h"
#include "judge/timeline.h"
#include "views/text/text_changes.h"
#include "views/text/text_stack.h"
#include "words/words_ending.h"
#include "words/words_tally.h"

/* As heaptrack calls them. A stack's line: its figure, `unit`, the figure's share in brackets,
 * `joint`, a second figure, `second`. */
static const struct usage_words {
    const char *title;
    const char *none;
    const char *unit, *joint, *second;
} usage_words[CLI_ORDERS_COUNT] = {
    [CLI_ORDER_PEAK] = {"PEAK MEMORY CONSUMERS:", "nothing was allocated", "bytes", "in",
                        "blocks at the peak"},
    [CLI_ORDER_BYTES] = {"MOST BYTES ALLOCATED:", "nothing was allocated", "bytes", "allocated by",
                         "calls"},
    [CLI_ORDER_CALLS] = {"MOST CALLS TO ALLOCATION FUNCTIONS:", "nothing was allocated", "calls",
                         "allocated", "bytes"},
    [CLI_ORDER_TEMPORARY] = {"MOST TEMPORARY ALLOCATIONS:", "there were none",
                             "temporary allocations", "of", "calls"},
    [CLI_ORDER_MOVED] = {"MOST BYTES COPIED BY REALLOC:", "no block was moved", "bytes",
                         "copied in", "moves"},
    [CLI_ORDER_MAPPED] = {"MMAPPED BY THE PROGRAM:", "nothing is mapped", "bytes", "in",
                          "mappings"},
    [CLI_ORDER_LIVE] = {"MOST BYTES IN USE:", "nothing is in use", "bytes", "in", "blocks in use"},
};

#define PERCENT(part, whole) words_share(part, whole).text

/* --- what stands above the stacks ---------------------------------------- */

static void usage_peak_time(const struct text_page *page, const struct timeline_peak *peak)
{
    char after[TEXT_SECONDS_SIZE], before[TEXT_SECONDS_SIZE];

    text_seconds(after, peak->after_ns);
    text_seconds(before, peak->before_ns);
    if (peak->before_ns)
        text_line(page, "    reached between %s and %s after the start", after, before);
    else
        text_line(page, "    reached later than %s after the start", after);
}

static void usage_peak(const struct text_page *page)
{
    const struct model *model = page->report->model;
    struct timeline_peak peak = timeline_peak(model);

    text_line(page, "    peak heap usage: %s bytes in %s blocks", NUMBER(peak.bytes),
              NUMBER(peak.blocks));
    usage_peak_time(page, &peak);
    if (peak.resident_bytes)
        text_line(page, "    resident set then: about %s bytes", NUMBER(peak.resident_bytes));
    if (model->usage->threads > 1)
        text_line(page, "    exact to %s bytes for each of %s threads",
                  NUMBER(model->header.peak.quantum), NUMBER(model->usage->threads));
}

static void usage_temporary(const struct text_page *page, const struct ranking *ranking)
{
    uint64_t calls = page->report->model->totals.allocations;

    text_line(page, "    temporary allocations: %s of %s (%s), freed before the next one",
              NUMBER(ranking->total), NUMBER(calls), PERCENT(ranking->total, calls));
}

static void usage_mapped(const struct text_page *page)
{
    const struct mapped *mapped = &page->report->model->mapped;

    text_line(page, "    in all: %s bytes in %s mappings, %s of them of files or shared memory",
              NUMBER(mapped->bytes), NUMBER(mapped->mappings), NUMBER(mapped->of_files));
}

static void usage_title(const struct text_page *page, enum cli_order order)
{
    const struct ranking *ranking = &page->report->rankings->by[order];

    text_line(page, "%s", usage_words[order].title);
    if (order == CLI_ORDER_MAPPED && !page->report->model->mapped.is_known)
        text_line(page, "    not recorded: run the program with --mmap=yes");
    else if (ranking->count == 0)
        text_line(page, "    %s", usage_words[order].none);
    else if (order == CLI_ORDER_MAPPED)
        usage_mapped(page);
    else if (order == CLI_ORDER_PEAK)
        usage_peak(page);
    else if (order == CLI_ORDER_TEMPORARY)
        usage_temporary(page, ranking);
    text_blank(page);
}

/* --- stacks -------------------------------------------------------------- */

/* The figure that orders them stands first; its share is of all stacks together. */
static void usage_line(const struct text_page *page, enum cli_order order, uint32_t number)
{
    const struct ranking *ranking = &page->report->rankings->by[order];
    const struct ranked *ranked = &ranking->stacks[number];
    const struct usage_words *words = &usage_words[order];
    bool live = order == CLI_ORDER_LIVE;

    text_line(page, "%s %s (%s) %s %s %s%s%s in stack %s of %s", NUMBER(ranked->figure),
              words->unit, PERCENT(ranked->figure, ranking->total), words->joint,
              NUMBER(ranked->second), words->second, live ? " " : "",
              live ? words_moment(page->report->moment) : "", NUMBER(number + 1),
              NUMBER(ranking->count));
}

/* How many calls of realloc there were, of which some moved the block. */
static void usage_moves(const struct text_page *page, uint32_t stack)
{
    const struct stack_use *use = &page->report->model->usage->stacks[stack];

    text_line(page, "    %s of %s calls of realloc moved the block (%s), %s bytes each on average",
              NUMBER(use->moved), NUMBER(use->reallocs), PERCENT(use->moved, use->reallocs),
              NUMBER(use->moved ? use->bytes_copied / use->moved : 0));
}

static void usage_own_bytes(const struct text_page *page, uint32_t stack)
{
    const struct model *model = page->report->model;

    if (model->header.memory.is_known == 1)
        text_line(page, "    of these in memory or swap, and the process' alone: %s bytes",
                  NUMBER(model->usage->stacks[stack].own_bytes));
}

static void usage_stacks(const struct text_page *page, enum cli_order order)
{
    const struct ranking *ranking = &page->report->rankings->by[order];

    for (uint32_t i = 0; i < ranking->shown; i++) {
        usage_line(page, order, i);
        if (order == CLI_ORDER_MOVED)
            usage_moves(page, ranking->stacks[i].stack);
        if (order == CLI_ORDER_MAPPED)
            usage_own_bytes(page, ranking->stacks[i].stack);
        text_stack(page, ranking->stacks[i].stack);
        text_blank(page);
    }
    if (ranking->shown == ranking->count)
        return;
    text_line(page, "%s more stacks have %s of it.", NUMBER(ranking->count - ranking->shown),
              PERCENT(ranking->rest, ranking->total));
    text_blank(page);
}

void text_usage(const struct text_page *page)
{
    const struct report *report = page->report;

    if (report->diff) {
        text_changes_of_use(page);
        return;
    }
    for (unsigned order = 0; order < CLI_ORDERS_COUNT; order++) {
        if (!report->rankings || !(report->options->top_orders >> order & 1))
            continue;
        usage_title(page, order);
        usage_stacks(page, order);
    }
}
