/* The JUnit view: a suite for each process, a case for each finding. It is valid by Ant's schema
 * and by that of Jenkins, which want the elements in this order. */
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "views/junit/junit_case.h"
#include "words/words_ending.h"
#include "words/words_note.h"

static void junit_begin(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites>\n", out);
}

/* --- counts, which stand in front ---------------------------------------- */

struct junit_counts {
    unsigned findings, failures, errors, skipped;
    bool untold; /* whether there are errors is not known */
    bool killed;
    bool passes; /* nothing was found: that is a case, too */
};

static bool junit_is_used(const struct suppressions *suppressions, size_t number)
{
    return suppress_entry_at(suppressions, number)->times > 0;
}

/* One whose end is not recorded is in doubt unless leaks do not count; two errors of one cause are
 * no help. */
static bool junit_was_killed(const struct report *report, bool untold)
{
    return report->ending.kind == ENDING_SIGNALED ||
           (report->ending.kind == ENDING_UNRECORDED && !untold);
}

static struct junit_counts junit_count(const struct report *report)
{
    const struct suppressions *suppressions = report->selection->suppressions;
    struct junit_counts counts = {0};

    for (uint32_t i = 0; i < report->outline.misuses; i++)
        counts.failures += !report->model->misuses[i].suppressed;
    counts.findings = counts.failures;
    for (uint32_t i = 0; i < report->outline.records; i++) {
        counts.findings += report->records->records[i].shown;
        counts.failures +=
            report->records->records[i].shown && report->records->records[i].is_error;
    }
    for (size_t i = 0; i < suppress_entries_count(suppressions); i++)
        counts.skipped += junit_is_used(suppressions, i);
    counts.untold = report->tree && report->tree->entries[report->number].doubt.kind != DOUBT_NONE;
    counts.killed = junit_was_killed(report, counts.untold);
    counts.errors = (unsigned)counts.untold + counts.killed;
    counts.passes = !counts.findings && !counts.errors;
    return counts;
}

/* --- a suite ------------------------------------------------------------- */

static void junit_number(FILE *out, const char *name, uint64_t number)
{
    fprintf(out, " %s=\"%" PRIu64 "\"", name, number);
}

static void junit_time(FILE *out, const struct trace_header *header)
{
    time_t seconds = (time_t)(header->start_realtime_ns / 1000000000);
    uint64_t start = header->start_realtime_ns, end = header->end_realtime_ns;
    uint64_t ms = end > start ? (end - start) / 1000000 : 0;
    struct tm parts;
    char text[64] = "1970-01-01T00:00:00";

    if (gmtime_r(&seconds, &parts) && parts.tm_year <= 8099)
        strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    junit_attribute(out, "timestamp", text);
    fprintf(out, " time=\"%" PRIu64 ".%03u\"", ms / 1000, (unsigned)(ms % 1000));
}

static void junit_suite_begin(const struct junit_page *page, const struct junit_counts *counts)
{
    const struct report *report = page->report;
    FILE *out = page->out;

    fputs(" <testsuite", out);
    junit_attribute(out, "name", page->program);
    junit_attribute(out, "package", "leakreport");
    junit_number(out, "id", report->number);
    junit_attribute(out, "hostname", "localhost");
    junit_number(out, "tests",
                 (uint64_t)counts->findings + counts->errors + counts->skipped + counts->passes);
    junit_number(out, "failures", counts->failures);
    junit_number(out, "errors", counts->errors);
    junit_number(out, "skipped", counts->skipped);
    junit_time(out, &report->model->header);
    fputs(">\n", out);
}

static void junit_property(FILE *out, const char *name, const char *value)
{
    fputs("   <property", out);
    junit_attribute(out, "name", name);
    junit_attribute(out, "value", value);
    fputs("/>\n", out);
}

static void junit_properties(const struct junit_page *page)
{
    const struct model *model = page->report->model;
    char pid[16];

    snprintf(pid, sizeof pid, "%u", model->header.pid);
    fputs("  <properties>\n", page->out);
    junit_property(page->out, "command", model->command ? model->command : "");
    junit_property(page->out, "pid", pid);
    fputs("  </properties>\n", page->out);
}

static void junit_findings(struct junit_page *page)
{
    const struct report *report = page->report;

    for (uint32_t i = 0; i < report->outline.misuses; i++)
        if (!report->model->misuses[i].suppressed)
            junit_misuse(page, &report->model->misuses[i]);
    for (uint32_t i = 0; i < report->outline.records; i++)
        if (report->records->records[i].shown)
            junit_record(page, &report->records->records[i]);
}

/* Two entries may have one name. */
static void junit_suppressions(const struct junit_page *page)
{
    const struct suppressions *suppressions = page->report->selection->suppressions;

    for (size_t i = 0; i < suppress_entries_count(suppressions); i++) {
        const struct suppress_entry *entry = suppress_entry_at(suppressions, i);

        if (!junit_is_used(suppressions, i))
            continue;
        char *name = memory_text("suppressed: %s (%s:%u)", entry->name, entry->file, entry->line);
        junit_skipped(page, name);
        free(name);
    }
}

static void junit_output(const struct junit_page *page)
{
    const struct report *report = page->report;
    char *lines[WORDS_ENDING_LINES];

    fputs("  <system-out>", page->out);
    words_ending(lines, &report->ending, report->model);
    junit_lines(page, lines);
    for (uint32_t i = 0; i < report->model->note_count; i++)
        junit_line(page, words_note(&report->model->notes[i]));
    fputs("</system-out>\n  <system-err/>\n </testsuite>\n", page->out);
}

/* A program's name; its path where the name is all blanks, which no reader takes. */
static const char *junit_program(const struct model *model)
{
    const char *path = model->executable ? model->executable : "program";
    const char *slash = strrchr(path, '/'), *name = slash ? slash + 1 : path;

    return name[strspn(name, " \t\n\r")] ? name : path;
}

static void junit_render(FILE *out, const struct report *report)
{
    char folder[PATH_MAX];
    struct junit_page page = {.out = out, .report = report};
    struct junit_counts counts = junit_count(report);

    page.program = junit_program(report->model);
    page.root = getcwd(folder, sizeof folder) ? folder : (char *)"/";
    junit_suite_begin(&page, &counts);
    junit_properties(&page);
    junit_findings(&page);
    if (counts.killed)
        junit_killed(&page);
    if (counts.untold)
        junit_untold(&page, "verdict", words_doubt(&report->tree->entries[report->number].doubt));
    if (counts.passes)
        junit_passed(&page, "no leaks and no bad frees");
    junit_suppressions(&page);
    junit_output(&page);
    fingerprints_free(&page.seen);
}

/* --- the end ------------------------------------------------------------- */

static void junit_unreadable(FILE *out, const struct report_all *all)
{
    unsigned count = all->tree->unreadable;

    fprintf(out,
            " <testsuite name=\"logs\" package=\"leakreport\" id=\"%u\" hostname=\"localhost\" "
            "tests=\"1\" failures=\"0\" errors=\"1\" skipped=\"0\" "
            "timestamp=\"1970-01-01T00:00:00\" time=\"0\">\n  <properties/>\n"
            "  <testcase name=\"all logs can be read\" classname=\"logs\" time=\"0\">"
            "<error type=\"Unreadable\" message=\"%u logs could not be read\"/></testcase>\n"
            "  <system-out/>\n  <system-err/>\n </testsuite>\n",
            all->tree->count, count);
}

static void junit_end(FILE *out, const struct report_all *all)
{
    if (all->tree->unreadable)
        junit_unreadable(out, all);
    fputs("</testsuites>\n", out);
}

const struct renderer render_junit = {
    .begin = junit_begin, .render = junit_render, .end = junit_end, .is_document = true};
