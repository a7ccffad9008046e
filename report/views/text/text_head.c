#include "views/text/text_head.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "views/text/text_stack.h"
#include "words/words_ending.h"
#include "words/words_note.h"

static const char *text_head_command(const struct model *model)
{
    return model->command      ? model->command
           : model->executable ? model->executable
                               : "the log does not say";
}

/* Which of several processes it is. */
static void text_head_process(const struct text_page *page)
{
    enum { STARTER_COLUMNS = 60 };
    const struct report *report = page->report;
    const struct process_entry *starter = process_tree_starter(report->tree, report->number);
    const char *command = starter && starter->command ? starter->command : NULL;
    char *named = command ? memory_text(" (%.*s%s)", STARTER_COLUMNS, command,
                                        strlen(command) > STARTER_COLUMNS ? "..." : "")
                          : NULL;

    text_line(page, "Process %u of %u: %s", report->number + 1, report->tree->count,
              text_head_command(report->model));
    text_line(page, "PID %u, parent PID %u%s", report->model->header.pid,
              report->model->header.parent_pid, named ? named : "");
    if (!report->options->logs_are_temporary)
        text_line(page, "Log: %s", report->model->log_path);
    free(named);
}

static void text_head_quiet(const struct text_page *page)
{
    const struct report *report = page->report;

    text_line(page, "Process %u of %u, log %s: %s", report->number + 1, report->tree->count,
              report->model->log_path, text_head_command(report->model));
}

static void text_head_single(const struct text_page *page)
{
    const struct model *model = page->report->model;

    text_line(page, "leakreport %s, a heap trace's report", REPORT_VERSION);
    if (!page->report->options->logs_are_temporary)
        text_line(page, "Log: %s", model->log_path);
    text_line(page, "Command: %s", text_head_command(model));
}

static void text_head_state(const struct text_page *page)
{
    const struct report *report = page->report;
    char *lines[WORDS_ENDING_LINES];

    words_ending(lines, &report->ending, report->model);
    for (int i = 0; i < WORDS_ENDING_LINES && lines[i]; i++)
        text_sentence(page, i && report->ending.kind == ENDING_SIGNALED ? " " : "", lines[i]);
    if (report->ending.kind == ENDING_SIGNALED && report->model->ending_stack)
        text_stack(page, report->model->ending_stack);
}

static void text_head_whole(const struct text_page *page)
{
    const struct model *model = page->report->model;

    if (page->report->several)
        text_head_process(page);
    else if (!page->report->errors_from)
        text_head_single(page);
    if (model->header.flags & TRACE_FLAG_CHILD)
        text_line(page,
                  "Forked by process %u: its blocks and totals continue those of that process.",
                  model->header.parent_pid);
    if (page->report->diff && *page->report->diff->old->log_path)
        text_line(page, "Compared with: %s, of process %u", page->report->diff->old->log_path,
                  page->report->diff->old->header.pid);
    text_head_state(page);
    for (uint32_t i = 0; i < model->note_count; i++)
        if (!note_is_hint(model->notes[i].kind))
            text_sentence(page, "Note: ", words_note(&model->notes[i]));
    text_blank(page);
}

void text_hints(const struct text_page *page)
{
    const struct model *model = page->report->model;
    bool any = false;

    for (uint32_t i = 0; i < model->note_count; i++)
        if (note_is_hint(model->notes[i].kind)) {
            text_sentence(page, "Hint: ", words_note(&model->notes[i]));
            any = true;
        }
    if (any)
        text_blank(page);
}

void text_head_of_errors(const struct text_page *page)
{
    if (page->report->options->quiet || page->report->errors_from)
        return;
    text_line(page, "leakreport %s, a heap trace's report", REPORT_VERSION);
    text_line(page, "Command: %s", text_head_command(page->report->model));
    text_blank(page);
}

void text_head(const struct text_page *page)
{
    const struct report *report = page->report;

    if (report->several && report->number && !report->options->quiet)
        fputc('\n', page->out);
    if (!report->options->quiet)
        text_head_whole(page);
    else if (report->several && report->outline.has_findings)
        text_head_quiet(page);
}
