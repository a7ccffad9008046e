#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/signal_name.h"
#include "views/text/render_text.h"

static void text_head_signal(const struct text_page *page)
{
    const struct model *model = page->report->model;
    int number = model->header.ending_value;
    const char *name = signal_name(number);

    render_text_line(page, "Process terminating with default action of signal %d (%s)", number,
                     name ? name : "unknown");
    if (model->ending_stack)
        render_text_stack(page, model->ending_stack);
}

static void text_head_became(const struct text_page *page)
{
    const struct model *model = page->report->model;
    const char *why = trace_unfollowed_text(model->header.unfollowed);

    render_text_line(page, "It became another program: %s.",
                     model->became ? model->became : "the log does not say which");
    if (why)
        render_text_line(page, "That one is not traced: %s.", why);
}

static void text_head_ended(const struct text_page *page)
{
    const struct model *model = page->report->model;
    int value = model->header.ending_value;

    switch (model->header.ending) {
    case TRACE_RETURNED:
        render_text_line(page, "It ended with exit status %d.", value);
        break;
    case TRACE_EXITED_FAST:
        render_text_line(page, "It ended through _exit with exit status %d.", value);
        break;
    case TRACE_QUICK_EXITED:
        render_text_line(page, "It ended through quick_exit with exit status %d.", value);
        break;
    case TRACE_SIGNALED:
        text_head_signal(page);
        break;
    case TRACE_EXECED:
        text_head_became(page);
        break;
    default:
        render_text_line(page, "How it ended is not understood: the log says %u.",
                         model->header.ending);
    }
}

/* What was recorded behind the copy's back is not known. */
static void text_head_copy(const struct text_page *page)
{
    if (page->report->model->process == PROCESS_RUNNING)
        render_text_line(page, "It is still running. This file is a copy of its log: what follows "
                               "is as of when the copy was made.");
    else
        render_text_line(page, "This file is a copy of its log, made while it ran or after it had "
                               "ended without recording how: what follows is as of the copy.");
}

static void text_head_state(const struct text_page *page)
{
    if (page->report->model->process != PROCESS_ENDED && page->report->model->is_copy) {
        text_head_copy(page);
        return;
    }
    switch (page->report->model->process) {
    case PROCESS_RUNNING:
        render_text_line(page, "It is still running: what follows is as of now.");
        break;
    case PROCESS_GONE:
        render_text_line(page,
                         "It ended without recording how: no process %u that began when it did "
                         "runs here.",
                         page->report->model->header.pid);
        render_text_line(page, "SIGKILL, the out-of-memory killer, a stack overflow and an exit "
                               "that bypasses libc leave no record.");
        break;
    case PROCESS_UNSEEN:
        render_text_line(page, "It is still running, or ended without recording how: which of the "
                               "two cannot be seen from here, because it belongs to another "
                               "container or machine.");
        break;
    default:
        text_head_ended(page);
    }
}

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

    render_text_line(page, "Process %u of %u: %s", report->number + 1, report->tree->count,
                     text_head_command(report->model));
    render_text_line(page, "PID %u, parent PID %u%s", report->model->header.pid,
                     report->model->header.parent_pid, named ? named : "");
    if (!report->options->logs_are_temporary)
        render_text_line(page, "Log: %s", report->model->log_path);
    free(named);
}

void render_text_head_quiet(const struct text_page *page)
{
    const struct report *report = page->report;

    render_text_line(page, "Process %u of %u, log %s: %s", report->number + 1, report->tree->count,
                     report->model->log_path, text_head_command(report->model));
}

static void text_head_single(const struct text_page *page)
{
    const struct model *model = page->report->model;

    render_text_line(page, "leakreport %s, a heap trace's report", REPORT_VERSION);
    if (!page->report->options->logs_are_temporary)
        render_text_line(page, "Log: %s", model->log_path);
    render_text_line(page, "Command: %s", text_head_command(model));
}

void render_text_head(const struct text_page *page)
{
    const struct model *model = page->report->model;

    if (page->report->several)
        text_head_process(page);
    else
        text_head_single(page);
    if (model->header.flags & TRACE_FLAG_CHILD)
        render_text_line(page,
                         "Forked by process %u: its blocks and totals go on from that process's.",
                         model->header.parent_pid);
    text_head_state(page);
    for (uint32_t i = 0; i < model->note_count; i++)
        render_text_line(page, "Note: %s", model->notes[i]);
    render_text_blank(page);
}
