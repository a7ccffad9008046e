#include "views/xml/xml_head.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/xml_text.h"
#include "words/words_ending.h"
#include "words/words_signal.h"
#include "words/words_note.h"

/* --- preamble ------------------------------------------------------------ */

static void xml_no_verdict(const struct xml_page *page)
{
    char *why = words_no_check(&page->report->no_check);

    xml_sentence(page->out, 1, "line", memory_text("Leak kinds are not known: %s.", why));
    free(why);
}

/* All that valgrind has no element for are lines here. */
static void xml_preamble(const struct xml_page *page)
{
    const struct report *report = page->report;
    const struct model *model = report->model;
    char *lines[WORDS_ENDING_LINES];

    fputs("<preamble>\n", page->out);
    xml_text(page->out, 1, "line", "leakreport " REPORT_VERSION ", a heap trace's report");
    xml_sentence(page->out, 1, "line",
                 memory_text("Command: %s", model->command ? model->command : ""));
    words_ending(lines, &report->ending, model);
    for (int i = 0; i < WORDS_ENDING_LINES && lines[i]; i++)
        xml_sentence(page->out, 1, "line", lines[i]);
    for (uint32_t i = 0; i < model->note_count; i++)
        xml_sentence(page->out, 1, "line", words_note(&model->notes[i]));
    if (report->outline.leaks == OUTLINE_LEAKS_NO_VERDICT)
        xml_no_verdict(page);
    fputs("</preamble>\n\n", page->out);
}

/* --- who it was ---------------------------------------------------------- */

/* A variable for each %q{VAR} in the name of the file. */
static void xml_qualifiers(const struct xml_page *page)
{
    const char *at = page->report->options->xml_to.file;

    for (; at && (at = strchr(at, '%')); at += 2) {
        const char *end = at[1] == 'q' ? strchr(at, '}') : NULL;

        if (!end)
            continue;
        char *name = memory_text("%.*s", (int)(end - at) - 3, at + 3);
        const char *value = getenv(name);
        fputs("<logfilequalifier> <var>", page->out);
        xml_text_put(page->out, name);
        fputs("</var> <value>", page->out);
        xml_text_put(page->out, value ? value : "");
        fputs("</value> </logfilequalifier>\n", page->out);
        free(name);
    }
}

static void xml_process(const struct xml_page *page)
{
    const struct trace_header *header = &page->report->model->header;

    xml_number(page->out, 0, "pid", header->pid);
    xml_number(page->out, 0, "ppid", header->parent_pid);
    xml_text(page->out, 0, "tool", "memcheck");
    xml_qualifiers(page);
    xml_text(page->out, 0, "usercomment", page->report->options->xml_comment);
    fputc('\n', page->out);
}

/* The log holds leakreport's own arguments nowhere, and readers want no more than a name. */
static void xml_arguments(const struct xml_page *page)
{
    const struct model *model = page->report->model;
    const char *first = model->arguments && *model->arguments ? model->arguments
                        : model->executable                   ? model->executable
                                                              : "";
    size_t at = model->arguments ? strlen(model->arguments) + 1 : 0;

    fputs("<args>\n  <vargv>\n    <exe>leakreport</exe>\n  </vargv>\n  <argv>\n", page->out);
    xml_text(page->out, 2, "exe", first);
    for (; at < model->arguments_size; at += strlen(model->arguments + at) + 1)
        xml_text(page->out, 2, "arg", model->arguments + at);
    fputs("  </argv>\n</args>\n\n", page->out);
}

void xml_head(const struct xml_page *page)
{
    fputs("<?xml version=\"1.0\"?>\n\n<valgrindoutput>\n\n", page->out);
    xml_number(page->out, 0, "protocolversion", page->report->options->xml_protocol);
    fputs("<protocoltool>memcheck</protocoltool>\n\n", page->out);
    xml_preamble(page);
    xml_process(page);
    xml_arguments(page);
}

/* --- how it went --------------------------------------------------------- */

void xml_status(const struct xml_page *page, const char *state, uint64_t after_ns)
{
    unsigned ms = (unsigned)(after_ns / 1000000 % 1000);
    uint64_t seconds = after_ns / 1000000000;

    fprintf(page->out,
            "<status>\n  <state>%s</state>\n  <time>%02" PRIu64 ":%02u:%02u:%02u.%03u </time>\n"
            "</status>\n\n",
            state, seconds / 86400, (unsigned)(seconds / 3600 % 24), (unsigned)(seconds / 60 % 60),
            (unsigned)(seconds % 60), ms);
}

void xml_fatal_signal(const struct xml_page *page)
{
    const struct ending *ending = &page->report->ending;

    if (ending->kind != ENDING_SIGNALED)
        return;
    const struct trace_header *header = &page->report->model->header;
    bool first = !header->signal.tid || header->signal.tid == header->pid;
    fputs("<fatal_signal>\n", page->out);
    xml_number(page->out, 1, "tid", first ? 1 : header->signal.tid);
    xml_number(page->out, 1, "signo", (uint64_t)ending->value);
    xml_text(page->out, 1, "signame", ending->signal ? ending->signal : "unknown");
    fprintf(page->out, "  <sicode>%d</sicode>\n", ending->code);
    if (words_signal_event(ending))
        xml_text(page->out, 1, "event", words_signal_event(ending));
    if (ending->has_address)
        fprintf(page->out, "  <siaddr>0x%" PRIX64 "</siaddr>\n", ending->address);
    xml_stack(page, page->report->model->ending_stack);
    fputs("</fatal_signal>\n\n", page->out);
}
