#include "views/text/text_holders.h"
#include <stdlib.h>
#include "words/words_holder.h"

static const struct holders *holders_of(const struct text_page *page)
{
    return page->report->holders;
}

/* --- --why --------------------------------------------------------------- */

static void text_way(const struct text_page *page, const struct held_way *way)
{
    const struct holders *holders = holders_of(page);

    text_sentence(page, "", words_held_way(way));
    for (uint32_t i = 0; i < way->count; i++)
        text_sentence(page, i ? "     " : "   ",
                      words_way_step(page->report->options, &holders->holding, way->steps, i));
    text_blank(page);
}

static void text_why(const struct text_page *page, const struct why *why)
{
    text_sentence(page, "WHO HOLDS ", words_why(why));
    text_blank(page);
    for (uint32_t i = 0; i < why->count; i++)
        text_way(page, &why->ways[i]);
    if (why->total > why->count)
        text_line(page, "They are held in %s more ways; --paths=%s shows all.",
                  NUMBER(why->total - why->count), NUMBER(why->total));
    if (why->header && why->header != GRAPH_INSIDE && why->header % 8 == 0)
        text_line(page,
                  "Pointers to the middle of them all lead %s bytes behind the start: a header.",
                  NUMBER(why->header));
    if (why->unknown)
        text_line(page, "Of %s blocks it is not known who holds them.", NUMBER(why->unknown));
    if (why->total > why->count || why->unknown || why->header)
        text_blank(page);
}

/* --- --retained ---------------------------------------------------------- */

static void text_list(const struct text_page *page, enum holder_kind kind)
{
    static const char *const titles[HOLDER_KINDS] = {
        [HOLDER_ROOT] = "LARGEST HOLDERS:",
        [HOLDER_STACK] = "LARGEST HOLDERS AMONG BLOCKS OF ONE STACK:",
        [HOLDER_BLOCK] = "LARGEST HOLDERS AMONG SINGLE BLOCKS:",
    };
    const struct holders *holders = holders_of(page);

    text_line(page, "%s", titles[kind]);
    for (uint32_t i = 0; i < holders->counts[kind]; i++)
        text_sentence(
            page, "    ",
            words_holder(page->report->options, &holders->holding, kind, &holders->lists[kind][i]));
    if (holders->counts[kind] == 0)
        text_line(page, "    there are none");
    text_blank(page);
}

static void text_retained(const struct text_page *page)
{
    if (holders_of(page)->is_partial) {
        text_line(page, "What holders keep is not known: run the program with --heap-graph=yes.");
        text_blank(page);
        return;
    }
    for (int kind = 0; kind < HOLDER_KINDS; kind++)
        text_list(page, (enum holder_kind)kind);
}

/* --- all of it ----------------------------------------------------------- */

void text_holders(const struct text_page *page)
{
    const struct holders *holders = holders_of(page);

    if (!holders && options_want_holders(page->report->options)) {
        text_line(page, "Who holds memory is not known: there is no leak check.");
        text_blank(page);
    }
    if (!holders)
        return;
    for (uint32_t i = 0; i < holders->why_count; i++)
        text_why(page, &holders->whys[i]);
    if (holders->retained)
        text_retained(page);
}

/* --- cycles -------------------------------------------------------------- */

enum { CYCLE_STEPS_SHOWN = 12 };

static void text_cycle(const struct text_page *page, const struct cycle *cycle)
{
    const struct report *report = page->report;

    text_sentence(page, "    ", words_cycle(cycle));
    for (uint32_t i = 0; i <= cycle->step_count; i++) {
        if (i == CYCLE_STEPS_SHOWN && cycle->step_count > i + 1) {
            text_line(page, "         -> %s more blocks", NUMBER(cycle->step_count - i));
            i = cycle->step_count;
        }
        text_sentence(page, i ? "         " : "       ",
                      words_cycle_step(report->options, report->model, cycle, i));
    }
    text_sentence(page, "       ", words_cycle_end(report->options, report->model, cycle));
}

/* valgrind has none of this: it stands where it was asked for. */
static bool text_wants_cycles(const struct report *report)
{
    const struct options *options = report->options;
    const struct graph *graph = report->model->graph;

    return options->verbose || options->retained || options->why.count ||
           (graph && !graph->is_partial);
}

void text_cycles(const struct text_page *page)
{
    enum { CYCLES_SHOWN = 10 };
    const struct cycles *cycles = page->report->cycles;

    if (!cycles || cycles->count == 0 || !text_wants_cycles(page->report))
        return;
    text_line(page, "LOST BLOCKS THAT HOLD ONE ANOTHER:");
    for (uint32_t i = 0; i < cycles->count && i < CYCLES_SHOWN; i++)
        text_cycle(page, &cycles->cycles[i]);
    if (cycles->count > CYCLES_SHOWN)
        text_line(page, "    and %s more kinds of cycles", NUMBER(cycles->count - CYCLES_SHOWN));
    text_blank(page);
}
