#include "views/text/text_changes.h"
#include "views/text/text_stack.h"
#include "words/words_ending.h"

#define CHANGE(now, before) delta_text(now, before).text

/* --- the use of memory --------------------------------------------------- */

/* Of a stack: its figure, `unit`, a second figure, `second`. */
static const struct change_words {
    const char *title;
    const char *unit, *second;
} change_words[CLI_ORDERS_COUNT] = {
    [CLI_ORDER_PEAK] = {"PEAK MEMORY CONSUMERS, CHANGED:", "bytes in", "blocks at the peak"},
    [CLI_ORDER_BYTES] = {"BYTES ALLOCATED, CHANGED:", "bytes allocated by", "calls"},
    [CLI_ORDER_CALLS] = {"CALLS TO ALLOCATION FUNCTIONS, CHANGED:", "calls allocated", "bytes"},
    [CLI_ORDER_TEMPORARY] = {"TEMPORARY ALLOCATIONS, CHANGED:", "temporary allocations of",
                             "calls"},
    [CLI_ORDER_MOVED] = {"BYTES COPIED BY REALLOC, CHANGED:", "bytes in", "moves"},
    [CLI_ORDER_MAPPED] = {"BYTES MAPPED BY THE PROGRAM, CHANGED:", "bytes in", "mappings"},
    [CLI_ORDER_LIVE] = {"BYTES IN USE, CHANGED:", "bytes in", "blocks in use"},
};

static void changes_stack(const struct text_page *page, enum cli_order order,
                          const struct diff_ranking *ranking, uint32_t number)
{
    const struct diff_ranked *ranked = &ranking->stacks[number];

    text_line(page, "%s%s %s %s%s %s in %sstack %s of %s", NUMBER(ranked->now),
              CHANGE(ranked->now, ranked->before), change_words[order].unit,
              NUMBER(ranked->second_now), CHANGE(ranked->second_now, ranked->second_before),
              change_words[order].second, ranked->before || ranked->second_before ? "" : "new ",
              NUMBER(number + 1), NUMBER(ranking->count));
    text_stack(page, ranked->stack);
    text_blank(page);
}

static void changes_by(const struct text_page *page, enum cli_order order)
{
    const struct diff_ranking *ranking = &page->report->changes->by[order];

    text_line(page, "%s", change_words[order].title);
    text_line(page, "    all stacks: %s -> %s; %s stacks have changed, %s are as they were",
              NUMBER(ranking->total_before), NUMBER(ranking->total_now), NUMBER(ranking->count),
              NUMBER(ranking->same));
    text_blank(page);
    for (uint32_t i = 0; i < ranking->shown; i++)
        changes_stack(page, order, ranking, i);
    if (ranking->shown < ranking->count) {
        text_line(page, "%s more stacks have changed less.",
                  NUMBER(ranking->count - ranking->shown));
        text_blank(page);
    }
}

void text_changes_of_use(const struct text_page *page)
{
    for (unsigned order = 0; order < CLI_ORDERS_COUNT; order++)
        if (page->report->options->top_orders >> order & 1)
            changes_by(page, order);
}

/* --- loss records -------------------------------------------------------- */

static void changes_figures(const struct text_page *page, const char *name, const char *bytes,
                            const char *blocks, const struct diff_sum *sum, const char *more)
{
    text_line(page, "%14s: %s bytes in %s blocks, %s records%s", name, bytes, blocks,
              NUMBER(sum->records), more);
}

/* What is there on both sides, each side's figures. */
static void changes_both(const struct text_page *page, enum loss_change change, const char *name)
{
    const struct diff_sum *sum = &page->report->diff->sums[change];
    char bytes[2 * NUMBER_TEXT_SIZE + 8], blocks[2 * NUMBER_TEXT_SIZE + 8];

    snprintf(bytes, sizeof bytes, "%s -> %s", NUMBER(sum->bytes_before), NUMBER(sum->bytes));
    snprintf(blocks, sizeof blocks, "%s -> %s", NUMBER(sum->blocks_before), NUMBER(sum->blocks));
    changes_figures(page, name, bytes, blocks, sum, "");
}

static void changes_sums(const struct text_page *page)
{
    const struct diff_sum *sums = page->report->diff->sums;
    const struct diff_sum *new = &sums[LOSS_NEW], *gone = &sums[LOSS_GONE];
    const struct diff_sum *same = &sums[LOSS_SAME];
    bool hidden = same->records && page->report->options->show_changes != CLI_SHOW_ANY;

    changes_figures(page, "new", NUMBER(new->bytes), NUMBER(new->blocks), new, "");
    changes_both(page, LOSS_INCREASED, "increased");
    changes_both(page, LOSS_DECREASED, "decreased");
    changes_figures(page, "gone", NUMBER(gone->bytes_before), NUMBER(gone->blocks_before), gone,
                    "");
    changes_figures(page, "unchanged", NUMBER(same->bytes), NUMBER(same->blocks), same,
                    hidden ? " (not shown; --show=any shows them)" : "");
}

static void changes_misuses(const struct text_page *page)
{
    const struct log_diff *diff = page->report->diff;

    if (diff->misuses_known)
        text_line(page, "Different errors that were there before, too: %s (not shown)",
                  NUMBER(diff->misuses_known));
    if (diff->misuses_gone)
        text_line(page, "Different errors that are gone: %s", NUMBER(diff->misuses_gone));
}

void text_changes(const struct text_page *page)
{
    const struct model *old = page->report->diff->old;

    text_line(page, "CHANGES SINCE %s:", *old->log_path ? old->log_path : "nothing");
    changes_sums(page);
    if (page->report->outline.hides_reachable)
        text_line(page, "Reachable blocks are not among these figures.");
    changes_misuses(page);
    text_blank(page);
}
