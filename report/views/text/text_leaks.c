#include "views/text/text_leaks.h"
#include <stdlib.h>
#include "views/text/text_changes.h"
#include "views/text/text_holders.h"
#include "views/text/text_stack.h"
#include "words/words_ending.h"
#include "words/words_error.h"

static enum text_color text_kind_color(enum block_kind kind, uint64_t blocks)
{
    return !blocks                         ? TEXT_PLAIN
           : kind == BLOCK_DEFINITELY_LOST ? TEXT_BAD
           : kind == BLOCK_POSSIBLY_LOST   ? TEXT_DOUBTFUL
                                           : TEXT_PLAIN;
}

static void text_records(const struct text_page *page)
{
    const struct loss_records *records = page->report->records;

    for (uint32_t i = 0; i < page->report->outline.records; i++) {
        const struct loss_record *record = &records->records[i];

        if (!record->shown)
            continue;
        text_marker(page, false);
        text_sentence_in(page, text_kind_color(record->kind, record->blocks),
                         words_record(record, records->count, page->report->moment));
        if (record->change == LOSS_NEW && record->kind_before < BLOCK_LIVE)
            text_line(page, " (blocks with this stack were %s before)",
                      model_kind_words(record->kind_before));
        text_stack(page, record->stack);
        if (record->named_count)
            text_sentence(page, " ", words_names(page->report->model, records, record));
        text_blank(page);
        text_suppression(page, SUPPRESS_LEAK, select_leak_kinds(record), record->stack);
        text_marker(page, true);
    }
}

/* --- leak summary -------------------------------------------------------- */

static void text_heuristics(const struct text_page *page)
{
    const struct selection *selection = page->report->selection;
    bool any = false;

    for (unsigned i = 1; i < TRACE_HEURISTICS_COUNT; i++) {
        if (!selection->heuristic_blocks[i])
            continue;
        if (!any)
            text_line(page, "                      of which reachable via heuristic:");
        any = true;
        text_line(page, "                        %-19s: %s bytes in %s blocks", words_heuristic(i),
                  NUMBER(selection->heuristic_bytes[i]), NUMBER(selection->heuristic_blocks[i]));
    }
}

#define DELTA(now, before) (selection->compared ? delta_text(now, before).text : "")

static void text_leak_kind(const struct text_page *page, enum block_kind kind)
{
    const struct selection *selection = page->report->selection;

    text_line_in(page, text_kind_color(kind, selection->blocks[kind]),
                 "%18s: %s%s bytes in %s%s blocks", model_kind_words(kind),
                 NUMBER(selection->bytes[kind]),
                 DELTA(selection->bytes[kind], selection->bytes_before[kind]),
                 NUMBER(selection->blocks[kind]),
                 DELTA(selection->blocks[kind], selection->blocks_before[kind]));
}

static void text_leak_advice(const struct text_page *page)
{
    if (page->report->outline.advise_full_check)
        text_line(page, "Rerun with --leak-check=full to see details of leaked memory");
    if (page->report->outline.hides_reachable) {
        text_line(page, "Reachable blocks (those to which a pointer was found) are not shown.");
        text_line(page, "To see them, rerun with: --leak-check=full --show-leak-kinds=all");
    }
}

static void text_leak_summary(const struct text_page *page)
{
    const struct selection *selection = page->report->selection;

    text_cycles(page);
    text_line(page, "LEAK SUMMARY:");
    text_leak_kind(page, BLOCK_DEFINITELY_LOST);
    text_leak_kind(page, BLOCK_INDIRECTLY_LOST);
    text_leak_kind(page, BLOCK_POSSIBLY_LOST);
    text_leak_kind(page, BLOCK_REACHABLE);
    text_heuristics(page);
    text_line(page, "        suppressed: %s%s bytes in %s%s blocks",
              NUMBER(selection->suppressed_bytes),
              DELTA(selection->suppressed_bytes, selection->suppressed_bytes_before),
              NUMBER(selection->suppressed_blocks),
              DELTA(selection->suppressed_blocks, selection->suppressed_blocks_before));
    if (selection->hanging_blocks)
        text_line(page, "Of the suppressed blocks, %s are lost only through suppressed ones.",
                  NUMBER(selection->hanging_blocks));
    text_leak_advice(page);
    text_blank(page);
}

/* --- all of it ----------------------------------------------------------- */

static void text_no_leaks(const struct text_page *page, enum text_color color, const char *why)
{
    text_line_in(page, color, "%s", why);
    text_blank(page);
}

static void text_no_verdict(const struct text_page *page)
{
    char *why = words_no_check(&page->report->no_check);

    text_line(page, "Leak kinds are not known: %s.", why);
    text_blank(page);
    free(why);
}

static void text_leak_conclusion(const struct text_page *page)
{
    switch (page->report->outline.leaks) {
    case OUTLINE_LEAKS_ALL_FREED:
        text_no_leaks(page, TEXT_GOOD, "All heap blocks were freed -- no leaks are possible");
        break;
    case OUTLINE_LEAKS_CHECK_OFF:
        text_no_leaks(page, TEXT_PLAIN,
                      "For a detailed leak analysis, rerun with: --leak-check=full");
        break;
    case OUTLINE_LEAKS_NO_VERDICT:
        text_no_verdict(page);
        break;
    case OUTLINE_LEAKS_JUDGED:
        text_leak_summary(page);
        break;
    default:
        break;
    }
}

static void text_trees(const struct text_page *page)
{
    if (page->report->xtree_memory)
        text_line(page, "xtree memory report: %s", page->report->xtree_memory);
    if (page->report->xtree_leak)
        text_line(page, "xtree leak report: %s", page->report->xtree_leak);
}

void text_leaks(const struct text_page *page)
{
    if (!page->report->options->quiet)
        text_trees(page);
    text_records(page);
    if (!page->report->options->quiet && page->report->outline.ends != OUTLINE_ENDS_AT_RECORD)
        text_leak_conclusion(page);
    if (page->report->diff && page->report->options->show_leaks && !page->report->options->quiet)
        text_changes(page);
}
