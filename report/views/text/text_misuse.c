#include "views/text/text_misuse.h"
#include <stdlib.h>
#include "views/text/text_stack.h"
#include "words/words_error.h"

/* One error, with all its stacks. */
static void text_misuse(const struct text_page *page, const struct misuse *misuse)
{
    const struct report *report = page->report;
    struct misuse_view view = misuse_view(report->model, misuse);
    char *frame = words_misuse_frame(report->options, report->model, misuse, &view);
    char *overwritten = words_misuse_overwritten(misuse, &view);

    text_sentence_in(page, TEXT_BAD, words_misuse(misuse));
    text_stack(page, misuse->stack);
    text_sentence(page, " ", words_misuse_address(misuse, &view));
    if (frame)
        text_sentence(page, " ", frame);
    if (view.has_stack)
        text_stack(page, view.stack);
    if (view.has_allocated_stack) {
        text_line(page, " %s", words_misuse_allocated);
        text_stack(page, view.allocated_stack);
    }
    if (overwritten)
        text_sentence(page, " ", overwritten);
    if (view.has_overwritten_stack)
        text_stack(page, view.overwritten_stack);
}

void text_misuses(const struct text_page *page)
{
    const struct report *report = page->report;

    for (uint32_t i = 0; i < report->outline.misuses; i++) {
        const struct misuse *misuse = &report->model->misuses[i];

        if (misuse->suppressed || misuse->first <= report->errors_from)
            continue;
        text_marker(page, false);
        text_misuse(page, misuse);
        text_blank(page);
        text_suppression(page, select_suppress_kind(misuse), 0, misuse->stack);
        text_marker(page, true);
    }
}

void text_misuse_list(const struct text_page *page)
{
    uint32_t count;
    const struct misuse **errors = misuse_list(page->report->model, &count);

    for (uint32_t i = 0; i < count; i++) {
        text_blank(page);
        text_line(page, "%s errors in context %s of %s:", NUMBER(errors[i]->record.count),
                  NUMBER(i + 1), NUMBER(page->report->selection->contexts));
        text_misuse(page, errors[i]);
        text_blank(page);
    }
    free(errors);
}

/* --- what is suppressed -------------------------------------------------- */

static void text_suppressed_head(const struct text_page *page, uint64_t errors, uint64_t *number,
                                 const struct suppress_entry *entry)
{
    text_blank(page);
    text_line(page, "%s errors in suppressed context %s of %s (%s, %s:%u):", NUMBER(errors),
              NUMBER(++*number), NUMBER(page->report->selection->suppressed_contexts), entry->name,
              entry->file, entry->line);
}

void text_suppressed_list(const struct text_page *page)
{
    const struct report *report = page->report;
    const struct loss_records *records = report->records;
    uint64_t number = 0;

    for (uint32_t i = 0; i < report->model->misuse_count; i++) {
        const struct misuse *misuse = &report->model->misuses[i];

        if (!misuse->suppressed)
            continue;
        text_suppressed_head(page, misuse->record.count, &number, misuse->suppressed);
        text_misuse(page, misuse);
        text_blank(page);
    }
    for (uint32_t i = 0; i < records->count; i++) {
        struct loss_record record = records->records[i];

        if (!select_lists_suppressed(report->options, &record))
            continue;
        record.suppressed_bytes = record.suppressed_blocks = 0;
        text_suppressed_head(page, 1, &number, record.suppressed_by);
        text_sentence(page, "", words_record(&record, records->count, report->moment));
        text_stack(page, record.stack);
        text_blank(page);
    }
}
