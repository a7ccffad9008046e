#include "views/junit/junit_case.h"
#include <inttypes.h>
#include <stdlib.h>
#include "base/memory.h"
#include "base/xml_text.h"
#include "judge/fingerprint.h"
#include "judge/misuse_view.h"
#include "judge/own_frame.h"
#include "words/words_error.h"

void junit_attribute(FILE *out, const char *name, const char *text)
{
    fprintf(out, " %s=\"", name);
    xml_text_put(out, text);
    fputc('"', out);
}

/* --- texts --------------------------------------------------------------- */

static void junit_stack(const struct junit_page *page, uint32_t stack)
{
    struct text_buffer text = {0};
    struct shown_stack shown;
    struct shown_line line;
    const char *word = "   at ";

    shown_stack_begin(&shown, page->report->options, page->report->model, stack);
    while (shown_stack_next(&shown, &line)) {
        text_buffer_clear(&text);
        text_buffer_add(&text, word);
        text_buffer_add(&text, line.function ? line.function : "???");
        words_add_source(&text, &line);
        xml_text_put(page->out, text.text);
        fputc('\n', page->out);
        word = "   by ";
    }
    free(text.text);
}

void junit_line(const struct junit_page *page, char *text)
{
    xml_text_put(page->out, text);
    fputc('\n', page->out);
    free(text);
}

void junit_lines(const struct junit_page *page, char *lines[WORDS_ENDING_LINES])
{
    for (int i = 0; i < WORDS_ENDING_LINES && lines[i]; i++)
        junit_line(page, lines[i]);
}

/* --- cases --------------------------------------------------------------- */

static void junit_case_begin(const struct junit_page *page, const char *name)
{
    fputs("  <testcase", page->out);
    junit_attribute(page->out, "name", name);
    junit_attribute(page->out, "classname", page->program);
    fputs(" time=\"0\">", page->out);
}

static void junit_case_end(const struct junit_page *page)
{
    fputs("</testcase>\n", page->out);
}

void junit_passed(const struct junit_page *page, const char *name)
{
    junit_case_begin(page, name);
    junit_case_end(page);
}

void junit_untold(const struct junit_page *page, const char *name, char *why)
{
    junit_case_begin(page, name);
    fputs("<error type=\"NoVerdict\"", page->out);
    junit_attribute(page->out, "message", why);
    fputs(">", page->out);
    xml_text_put(page->out, why);
    fputs("</error>", page->out);
    junit_case_end(page);
    free(why);
}

void junit_killed(const struct junit_page *page)
{
    const struct ending *ending = &page->report->ending;
    const char *type = ending->kind == ENDING_SIGNALED ? "Signal" : "NotRecorded";
    char *lines[WORDS_ENDING_LINES];

    words_ending(lines, ending, page->report->model);
    junit_case_begin(page, "end of the process");
    fputs("<error", page->out);
    junit_attribute(page->out, "type", ending->signal ? ending->signal : type);
    junit_attribute(page->out, "message", lines[0]);
    fputs(">", page->out);
    junit_lines(page, lines);
    if (page->report->model->ending_stack)
        junit_stack(page, page->report->model->ending_stack);
    fputs("</error>", page->out);
    junit_case_end(page);
}

void junit_skipped(const struct junit_page *page, const char *name)
{
    junit_case_begin(page, name);
    fputs("<skipped/>", page->out);
    junit_case_end(page);
}

/* --- findings ------------------------------------------------------------ */

/* "InvalidFree in release (list.c) [1f00…]": without a line, which moves. */
static char *junit_name(struct junit_page *page, enum finding finding, uint32_t stack)
{
    const struct report *report = page->report;
    struct fingerprint print =
        fingerprint_of(report->options, report->model, finding, stack, &page->seen);
    struct text_buffer name = {0};
    struct shown_line line;

    own_frame(&line, report->options, report->model, stack, page->root);
    text_buffer_format(&name, "%s in %s", finding_rule(finding)->name,
                       line.function ? line.function : "???");
    line.number = 0;
    if (line.file)
        words_add_source(&name, &line);
    text_buffer_format(&name, " [%016" PRIx64, print.hash);
    if (print.ordinal > 1)
        text_buffer_format(&name, " %u", print.ordinal);
    text_buffer_add(&name, "]");
    return name.text;
}

/* Frees the sentence; the failure's text and its end are the caller's. */
static void junit_failure(const struct junit_page *page, enum finding finding, char *sentence)
{
    fputs("<failure", page->out);
    junit_attribute(page->out, "type", finding_rule(finding)->name);
    junit_attribute(page->out, "message", sentence);
    fputs(">", page->out);
    junit_line(page, sentence);
}

static void junit_begin_finding(struct junit_page *page, enum finding finding, uint32_t stack)
{
    char *name = junit_name(page, finding, stack);

    junit_case_begin(page, name);
    free(name);
}

void junit_misuse(struct junit_page *page, const struct misuse *misuse)
{
    const struct report *report = page->report;
    struct misuse_view view = misuse_view(report->model, misuse);
    enum finding finding = finding_of_misuse(misuse);

    junit_begin_finding(page, finding, misuse->stack);
    junit_failure(page, finding, words_misuse(misuse));
    junit_stack(page, misuse->stack);
    junit_line(page, words_misuse_address(misuse, &view));
    if (view.has_stack)
        junit_stack(page, view.stack);
    if (view.has_allocated_stack) {
        junit_line(page, memory_text("%s", words_misuse_allocated));
        junit_stack(page, view.allocated_stack);
    }
    char *overwritten = words_misuse_overwritten(misuse, &view);
    if (overwritten)
        junit_line(page, overwritten);
    if (view.has_overwritten_stack)
        junit_stack(page, view.overwritten_stack);
    fputs("</failure>", page->out);
    junit_case_end(page);
}

void junit_record(struct junit_page *page, const struct loss_record *record)
{
    enum finding finding = finding_of_record(record);

    junit_begin_finding(page, finding, record->stack);
    if (record->is_error) {
        junit_failure(page, finding, words_loss(record, page->report->moment));
        junit_stack(page, record->stack);
        fputs("</failure>", page->out);
    }
    junit_case_end(page);
}
