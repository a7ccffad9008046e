#include "views/xml/xml_error.h"
#include <stdlib.h>
#include "base/memory.h"
#include "judge/misuse_view.h"
#include "views/xml/xml_suppression.h"
#include "words/words_error.h"

static void xml_error_begin(struct xml_page *page, uint64_t tid, const char *kind)
{
    fputs("<error>\n", page->out);
    fprintf(page->out, "  <unique>0x%" PRIx64 "</unique>\n", page->unique++);
    xml_number(page->out, 1, "tid", tid);
    xml_text(page->out, 1, "kind", kind);
}

static void xml_error_end(const struct xml_page *page, enum suppress_kind kind, unsigned leak_kinds,
                          uint32_t stack)
{
    xml_suppression(page, kind, leak_kinds, stack);
    fputs("</error>\n\n", page->out);
}

/* --- errors of the program ----------------------------------------------- */

/* Readers of protocol 4 give up at a kind that it does not have. */
static const char *xml_misuse_kind(const struct report *report, const struct misuse *misuse)
{
    bool late = report->options->xml_protocol > 4;

    switch (misuse->record.kind) {
    case TRACE_MISMATCHED_FREE:
        return "MismatchedFree";
    case TRACE_WRONG_SIZE:
        return late ? "MismatchedAllocateDeallocateSize" : "MismatchedFree";
    case TRACE_WRONG_ALIGNMENT:
        return late ? "MismatchedAllocateDeallocateAlignment" : "MismatchedFree";
    case TRACE_REALLOC_ZERO:
        return late ? "ReallocSizeZero" : "InvalidFree";
    case TRACE_INVALID_READ:
        return "InvalidRead";
    case TRACE_INVALID_WRITE:
    case TRACE_CHANGED_FREED:
    case TRACE_OVERRUN:
    case TRACE_MALLOC_ABORT:
        return "InvalidWrite";
    case TRACE_SYSCALL_PARAM:
        return "SyscallParam";
    default:
        return "InvalidFree";
    }
}

/* valgrind numbers threads from 1 on; here that is known of the first alone, and others have the
 * kernel's numbers. */
static uint64_t xml_thread(const struct report *report, const struct misuse *misuse)
{
    return misuse->record.tid == report->model->header.pid ? 1 : misuse->record.tid;
}

static void xml_misuse(struct xml_page *page, const struct misuse *misuse)
{
    const struct report *report = page->report;
    struct misuse_view view = misuse_view(report->model, misuse);

    xml_error_begin(page, xml_thread(report, misuse), xml_misuse_kind(report, misuse));
    xml_sentence(page->out, 1, "what", words_misuse(misuse));
    xml_stack(page, misuse->stack);
    xml_sentence(page->out, 1, "auxwhat", words_misuse_address(misuse, &view));
    xml_sentence(page->out, 1, "auxwhat",
                 words_misuse_frame(report->options, report->model, misuse, &view));
    if (view.has_stack)
        xml_stack(page, view.stack);
    if (view.has_allocated_stack) {
        xml_text(page->out, 1, "auxwhat", words_misuse_allocated);
        xml_stack(page, view.allocated_stack);
    }
    xml_sentence(page->out, 1, "auxwhat", words_misuse_overwritten(misuse, &view));
    if (view.has_overwritten_stack)
        xml_stack(page, view.overwritten_stack);
    xml_error_end(page, select_suppress_kind(misuse), 0, misuse->stack);
}

void xml_misuses(struct xml_page *page)
{
    const struct report *report = page->report;

    for (uint32_t i = 0; i < report->outline.misuses; i++)
        if (!report->model->misuses[i].suppressed)
            xml_misuse(page, &report->model->misuses[i]);
}

/* The numbers that they had: those that were shown come in the model's order. */
void xml_error_counts(const struct xml_page *page)
{
    const struct report *report = page->report;
    const struct model *model = report->model;
    uint32_t *numbers = memory_zeroed(model->misuse_count, sizeof *numbers), number = 0, count;
    const struct misuse **list = misuse_list(model, &count);

    for (uint32_t i = 0; i < model->misuse_count; i++)
        numbers[i] = model->misuses[i].suppressed ? 0 : number++;
    fputs("<errorcounts>\n", page->out);
    for (uint32_t i = 0; i < count && report->outline.errors; i++) {
        if (list[i] - model->misuses >= report->outline.misuses)
            continue;
        fputs("  <pair>\n", page->out);
        xml_number(page->out, 2, "count", list[i]->record.count);
        fprintf(page->out, "    <unique>0x%x</unique>\n", numbers[list[i] - model->misuses]);
        fputs("  </pair>\n", page->out);
    }
    fputs("</errorcounts>\n\n", page->out);
    free(list);
    free(numbers);
}

/* --- loss records -------------------------------------------------------- */

static void xml_record(struct xml_page *page, const struct loss_record *record)
{
    static const char *const kinds[BLOCK_KINDS_COUNT] = {
        [BLOCK_REACHABLE] = "Leak_StillReachable",
        [BLOCK_POSSIBLY_LOST] = "Leak_PossiblyLost",
        [BLOCK_INDIRECTLY_LOST] = "Leak_IndirectlyLost",
        [BLOCK_DEFINITELY_LOST] = "Leak_DefinitelyLost",
    };
    const struct report *report = page->report;
    struct loss_figures figures = group_figures(record);

    xml_error_begin(page, 1, kinds[record->kind]);
    fputs("  <xwhat>\n", page->out);
    xml_sentence(page->out, 2, "text",
                 words_record(record, report->records->count, report->moment));
    xml_number(page->out, 2, "leakedbytes", figures.bytes);
    xml_number(page->out, 2, "leakedblocks", figures.blocks);
    fputs("  </xwhat>\n", page->out);
    xml_stack(page, record->stack);
    xml_sentence(page->out, 1, "auxwhat", words_names(report->model, report->records, record));
    xml_error_end(page, SUPPRESS_LEAK, select_leak_kinds(record), record->stack);
}

void xml_records(struct xml_page *page)
{
    const struct report *report = page->report;

    for (uint32_t i = 0; i < report->outline.records; i++) {
        const struct loss_record *record = &report->records->records[i];

        if (record->shown && record->kind != BLOCK_LIVE && record->change != LOSS_GONE)
            xml_record(page, record);
    }
}
