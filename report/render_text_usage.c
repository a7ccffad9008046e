#include "render_text.h"
#include "timeline.h"

/* As heaptrack calls them. */
static const struct usage_words {
    const char *title;
    const char *none;
} usage_words[CLI_ORDERS_COUNT] = {
    [CLI_ORDER_PEAK] = {"PEAK MEMORY CONSUMERS:", "nothing was allocated"},
    [CLI_ORDER_BYTES] = {"MOST BYTES ALLOCATED:", "nothing was allocated"},
    [CLI_ORDER_CALLS] = {"MOST CALLS TO ALLOCATION FUNCTIONS:", "nothing was allocated"},
    [CLI_ORDER_TEMPORARY] = {"MOST TEMPORARY ALLOCATIONS:", "there were none"},
    [CLI_ORDER_LIVE] = {"MOST BYTES IN USE:", "nothing is in use"},
};

void render_text_seconds(char text[TEXT_SECONDS_SIZE], uint64_t time_ns)
{
    snprintf(text, TEXT_SECONDS_SIZE, "%" PRIu64 ".%03u s", time_ns / 1000000000,
             (unsigned)(time_ns / 1000000 % 1000));
}

struct percent {
    char text[16];
};
static struct percent usage_percent(uint64_t part, uint64_t whole)
{
    struct percent percent;
    double share = whole ? 100.0 * (double)part / (double)whole : 0.0;

    snprintf(percent.text, sizeof percent.text, "%.1f%%", share > 100.0 ? 100.0 : share);
    return percent;
}
#define PERCENT(part, whole) usage_percent(part, whole).text

/* --- what stands above the stacks ---------------------------------------- */

static void usage_peak_time(const struct text_page *page, const struct timeline_peak *peak)
{
    char after[TEXT_SECONDS_SIZE], before[TEXT_SECONDS_SIZE];

    render_text_seconds(after, peak->after_ns);
    render_text_seconds(before, peak->before_ns);
    if (peak->before_ns)
        render_text_line(page, "    reached between %s and %s after the start", after, before);
    else
        render_text_line(page, "    reached later than %s after the start", after);
}

static void usage_peak(const struct text_page *page)
{
    const struct model *model = page->report->model;
    struct timeline_peak peak = timeline_peak(model);

    render_text_line(page, "    peak heap usage: %s bytes in %s blocks", NUMBER(peak.bytes),
                     NUMBER(peak.blocks));
    usage_peak_time(page, &peak);
    if (peak.resident_bytes)
        render_text_line(page, "    resident set then: about %s bytes",
                         NUMBER(peak.resident_bytes));
    if (model->usage->threads > 1)
        render_text_line(page, "    exact to %s bytes for each of %s threads",
                         NUMBER(model->header.peak.quantum), NUMBER(model->usage->threads));
}

static void usage_temporary(const struct text_page *page, const struct ranking *ranking)
{
    uint64_t calls = page->report->model->totals.allocations;

    render_text_line(page, "    temporary allocations: %s of %s (%s), freed before the next one",
                     NUMBER(ranking->total), NUMBER(calls), PERCENT(ranking->total, calls));
}

static void usage_title(const struct text_page *page, enum cli_order order)
{
    const struct ranking *ranking = &page->report->rankings->by[order];

    render_text_line(page, "%s", usage_words[order].title);
    if (ranking->count == 0)
        render_text_line(page, "    %s", usage_words[order].none);
    else if (order == CLI_ORDER_PEAK)
        usage_peak(page);
    else if (order == CLI_ORDER_TEMPORARY)
        usage_temporary(page, ranking);
    render_text_blank(page);
}

/* --- stacks -------------------------------------------------------------- */

/* The figure that orders them stands first; its share is of all stacks together. */
static void usage_line(const struct text_page *page, enum cli_order order,
                       const struct ranked *ranked, const char *share, const char *place)
{
    const struct model *model = page->report->model;
    const struct stack_use *use = &model->usage->stacks[ranked->stack];
    const char *figure = NUMBER(ranked->figure);

    switch (order) {
    case CLI_ORDER_BYTES:
        render_text_line(page, "%s bytes (%s) allocated by %s calls %s", figure, share,
                         NUMBER(use->allocations), place);
        break;
    case CLI_ORDER_CALLS:
        render_text_line(page, "%s calls (%s) allocated %s bytes %s", figure, share,
                         NUMBER(use->bytes_allocated), place);
        break;
    case CLI_ORDER_TEMPORARY:
        render_text_line(page, "%s temporary allocations (%s) of %s calls %s", figure, share,
                         NUMBER(use->allocations), place);
        break;
    case CLI_ORDER_PEAK:
        render_text_line(page, "%s bytes (%s) in %s blocks at the peak %s", figure, share,
                         NUMBER((int64_t)use->blocks_at_peak > 0 ? use->blocks_at_peak : 0), place);
        break;
    default:
        render_text_line(page, "%s bytes (%s) in %s blocks in use %s %s", figure, share,
                         NUMBER(use->allocations > use->frees ? use->allocations - use->frees : 0),
                         render_text_when(model), place);
    }
}

static void usage_stacks(const struct text_page *page, enum cli_order order)
{
    const struct ranking *ranking = &page->report->rankings->by[order];
    uint64_t rest = ranking->total;

    for (uint32_t i = 0; i < ranking->shown; i++) {
        const struct ranked *ranked = &ranking->stacks[i];
        struct percent share = usage_percent(ranked->figure, ranking->total);
        char place[2 * NUMBER_TEXT_SIZE + 16];

        snprintf(place, sizeof place, "in stack %s of %s", NUMBER(i + 1), NUMBER(ranking->count));
        usage_line(page, order, ranked, share.text, place);
        render_text_stack(page, ranked->stack);
        render_text_blank(page);
        rest -= ranked->figure;
    }
    if (ranking->shown == ranking->count)
        return;
    render_text_line(page, "%s more stacks have %s of it.", NUMBER(ranking->count - ranking->shown),
                     PERCENT(rest, ranking->total));
    render_text_blank(page);
}

void render_text_usage(const struct text_page *page)
{
    const struct report *report = page->report;

    for (unsigned order = 0; order < CLI_ORDERS_COUNT; order++) {
        if (!report->rankings || !(report->options->top_orders >> order & 1))
            continue;
        usage_title(page, order);
        usage_stacks(page, order);
    }
}
