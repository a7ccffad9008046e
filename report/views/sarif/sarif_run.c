#include "views/sarif/sarif_run.h"
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "base/memory.h"
#include "judge/finding.h"
#include "views/sarif/sarif_location.h"
#include "words/words_ending.h"
#include "words/words_note.h"

/* --- the tool ------------------------------------------------------------ */

static void sarif_rule(struct json_writer *json, const struct finding_rule *rule)
{
    json_object(json, NULL);
    json_text(json, "id", rule->name);
    sarif_message(json, "shortDescription", rule->title);
    sarif_message(json, "fullDescription", rule->text);
    sarif_message(json, "help", rule->text);
    json_object(json, "defaultConfiguration");
    json_text(json, "level", rule->level);
    json_end_object(json);
    json_object(json, "properties");
    json_text(json, "precision", "very-high");
    json_array(json, "tags");
    json_text(json, NULL, "memory");
    json_end_array(json);
    json_end_object(json);
    json_end_object(json);
}

static void sarif_tool(struct json_writer *json)
{
    json_object(json, "tool");
    json_object(json, "driver");
    json_text(json, "name", "leakreport");
    json_text(json, "version", REPORT_VERSION);
    json_array(json, "rules");
    for (int i = 0; i < FINDINGS_COUNT; i++)
        sarif_rule(json, finding_rule(i));
    json_end_array(json);
    json_end_object(json);
    json_end_object(json);
}

/* --- the process --------------------------------------------------------- */

static void sarif_time(struct json_writer *json, const char *key, uint64_t realtime_ns)
{
    time_t seconds = (time_t)(realtime_ns / 1000000000);
    struct tm parts;
    char text[64];

    if (!realtime_ns || !gmtime_r(&seconds, &parts) || parts.tm_year > 8099)
        return;
    strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
    sarif_sentence(json, key,
                   memory_text("%s.%03uZ", text, (unsigned)(realtime_ns / 1000000 % 1000)));
}

static void sarif_ending(const struct sarif_page *page)
{
    const struct ending *ending = &page->report->ending;

    if (ending->kind <= ENDING_QUICK_EXITED)
        json_signed(page->json, "exitCode", ending->value);
    if (ending->kind != ENDING_SIGNALED)
        return;
    json_signed(page->json, "exitSignalNumber", ending->value);
    if (ending->signal)
        json_text(page->json, "exitSignalName", ending->signal);
}

static const struct doubt *sarif_doubt(const struct report *report)
{
    static const struct doubt none;

    return report->tree ? &report->tree->entries[report->number].doubt : &none;
}

static bool sarif_was_killed(const struct report *report)
{
    return report->ending.kind == ENDING_SIGNALED || report->ending.kind == ENDING_UNRECORDED;
}

/* level: "note", "warning" for what the verdict depends on, or "error" for why it did not succeed.
 * Frees the text. */
static void sarif_notification(struct json_writer *json, const char *level, char *text)
{
    json_object(json, NULL);
    json_text(json, "level", level);
    sarif_message(json, "message", text);
    json_end_object(json);
    free(text);
}

static void sarif_notifications(const struct sarif_page *page)
{
    const struct report *report = page->report;
    const struct model *model = report->model;
    char *lines[WORDS_ENDING_LINES];

    json_array(page->json, "toolExecutionNotifications");
    words_ending(lines, &report->ending, model);
    for (int i = 0; i < WORDS_ENDING_LINES && lines[i]; i++)
        sarif_notification(page->json, sarif_was_killed(report) ? "error" : "note", lines[i]);
    for (uint32_t i = 0; i < model->note_count; i++)
        sarif_notification(page->json, note_is_gap(model->notes[i].kind) ? "warning" : "note",
                           words_note(&model->notes[i]));
    if (sarif_doubt(report)->kind)
        sarif_notification(page->json, "error", words_doubt(sarif_doubt(report)));
    else if (report->outline.leaks == OUTLINE_LEAKS_NO_VERDICT)
        sarif_notification(page->json, "warning", words_no_check(&report->no_check));
    json_end_array(page->json);
}

static void sarif_invocation(const struct sarif_page *page)
{
    const struct model *model = page->report->model;

    json_array(page->json, "invocations");
    json_object(page->json, NULL);
    sarif_text(page->json, "commandLine", model->command ? model->command : "");
    json_number(page->json, "processId", model->header.pid);
    sarif_time(page->json, "startTimeUtc", model->header.start_realtime_ns);
    sarif_time(page->json, "endTimeUtc", model->header.end_realtime_ns);
    sarif_ending(page);
    json_bool(page->json, "executionSuccessful",
              !sarif_was_killed(page->report) && !sarif_doubt(page->report)->kind);
    sarif_notifications(page);
    json_end_object(page->json);
    json_end_array(page->json);
}

/* Of two runs with one id a server keeps the later: the program's name, and of several processes
 * the number in their order, which is the same tomorrow. */
static void sarif_identity(const struct sarif_page *page)
{
    const struct report *report = page->report;
    const char *program = report->model->executable ? report->model->executable : "";
    const char *slash = strrchr(program, '/');

    json_object(page->json, "automationDetails");
    sarif_sentence(page->json, "id",
                   report->several ? memory_text("leakreport/%s.%u/", slash ? slash + 1 : program,
                                                 report->number + 1)
                                   : memory_text("leakreport/%s/", slash ? slash + 1 : program));
    json_end_object(page->json);
}

void sarif_run_head(const struct sarif_page *page)
{
    sarif_tool(page->json);
    sarif_identity(page);
    json_object(page->json, "originalUriBaseIds");
    json_object(page->json, "%SRCROOT%");
    sarif_sentence(page->json, "uri", sarif_folder_uri(page->root));
    json_end_object(page->json);
    json_end_object(page->json);
    sarif_invocation(page);
}
