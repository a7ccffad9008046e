#include "views/xml/xml_summary.h"
#include "base/number_text.h"
#include "words/words_error.h"

static void xml_figure(FILE *out, int level, const char *name, uint64_t number)
{
    xml_text(out, level, name, number_text(number).text);
}

/* <name><bytes/><blocks/>, and the end of it. */
static void xml_amount(FILE *out, const char *name, uint64_t bytes, uint64_t blocks)
{
    fprintf(out, "  <%s>\n", name);
    xml_figure(out, 2, "bytes", bytes);
    xml_figure(out, 2, "blocks", blocks);
}

static void xml_amount_whole(FILE *out, const char *name, uint64_t bytes, uint64_t blocks)
{
    xml_amount(out, name, bytes, blocks);
    fprintf(out, "  </%s>\n", name);
}

static void xml_heap(const struct xml_page *page)
{
    const struct model *model = page->report->model;
    const struct trace_totals *totals = &model->totals;

    fputs("<heap_summary>\n", page->out);
    xml_amount_whole(page->out, "memory_in_use_at_exit", model->bytes_in_use, model->blocks_in_use);
    fputs("  <total_heap_usage>\n", page->out);
    xml_figure(page->out, 2, "allocs", totals->allocations);
    xml_figure(page->out, 2, "frees", totals->frees + totals->bad_frees);
    xml_figure(page->out, 2, "bytes_allocated", totals->bytes_allocated);
    fputs("  </total_heap_usage>\n</heap_summary>\n\n", page->out);
}

static void xml_reachable(FILE *out, const struct selection *selection)
{
    xml_amount(out, "still_reachable", selection->bytes[BLOCK_REACHABLE],
               selection->blocks[BLOCK_REACHABLE]);
    for (unsigned i = 1; i < TRACE_HEURISTICS_COUNT; i++) {
        if (!selection->heuristic_blocks[i])
            continue;
        fputs("    <reachable_heuristic>\n", out);
        xml_text(out, 3, "kind", words_heuristic((enum trace_heuristic)i));
        xml_figure(out, 3, "bytes", selection->heuristic_bytes[i]);
        xml_figure(out, 3, "blocks", selection->heuristic_blocks[i]);
        fputs("    </reachable_heuristic>\n", out);
    }
    fputs("  </still_reachable>\n", out);
}

void xml_summary_of_leaks(const struct xml_page *page)
{
    const struct selection *selection = page->report->selection;

    if (page->report->outline.leaks != OUTLINE_LEAKS_JUDGED)
        return;
    fputs("<leak_summary>\n", page->out);
    xml_amount_whole(page->out, "definitely_lost", selection->bytes[BLOCK_DEFINITELY_LOST],
                     selection->blocks[BLOCK_DEFINITELY_LOST]);
    xml_amount_whole(page->out, "indirectly_lost", selection->bytes[BLOCK_INDIRECTLY_LOST],
                     selection->blocks[BLOCK_INDIRECTLY_LOST]);
    xml_amount_whole(page->out, "possibly_lost", selection->bytes[BLOCK_POSSIBLY_LOST],
                     selection->blocks[BLOCK_POSSIBLY_LOST]);
    xml_reachable(page->out, selection);
    xml_amount_whole(page->out, "suppressed", selection->suppressed_bytes,
                     selection->suppressed_blocks);
    fputs("</leak_summary>\n\n", page->out);
}

void xml_summary_of_heap(const struct xml_page *page)
{
    bool all_freed = page->report->outline.leaks == OUTLINE_LEAKS_ALL_FREED;

    xml_heap(page);
    xml_text(page->out, 0, "all_heap_blocks_freed", all_freed ? "true" : "false");
    fputc('\n', page->out);
}

void xml_summary_of_errors(const struct xml_page *page)
{
    const struct selection *selection = page->report->selection;

    fputs("<error_summary>\n", page->out);
    xml_figure(page->out, 1, "errors", selection->errors);
    xml_figure(page->out, 1, "error_contexts", selection->contexts);
    xml_figure(page->out, 1, "suppressed", selection->suppressed_errors);
    xml_figure(page->out, 1, "suppressed_contexts", selection->suppressed_contexts);
    fputs("</error_summary>\n\n", page->out);
}
