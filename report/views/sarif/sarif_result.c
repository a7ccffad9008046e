#include "views/sarif/sarif_result.h"
#include <stdlib.h>
#include "base/memory.h"
#include "judge/fingerprint.h"
#include "judge/misuse_view.h"
#include "judge/own_frame.h"
#include "views/sarif/sarif_location.h"
#include "words/words_error.h"

/* A result's stacks: its own, and those that go with it. */
enum { STACKS_MAX = 4 };
struct sarif_stacks {
    uint32_t stacks[STACKS_MAX];
    char *titles[STACKS_MAX];
    uint32_t count;
};

static void sarif_stacks_add(struct sarif_stacks *stacks, uint32_t stack, char *title)
{
    stacks->stacks[stacks->count] = stack;
    stacks->titles[stacks->count++] = title;
}

static void sarif_stacks_free(struct sarif_stacks *stacks)
{
    for (uint32_t i = 0; i < stacks->count; i++)
        free(stacks->titles[i]);
}

/* --- stacks -------------------------------------------------------------- */

static struct shown_line *sarif_lines(const struct sarif_page *page, uint32_t stack,
                                      uint32_t *count)
{
    struct shown_line *lines = NULL, line;
    struct shown_stack shown;
    uint32_t capacity = 0;

    *count = 0;
    shown_stack_begin(&shown, page->report->options, page->report->model, stack);
    while (shown_stack_next(&shown, &line)) {
        memory_reserve(lines, *count, capacity);
        lines[(*count)++] = line;
    }
    return lines;
}

/* As it was executed: outermost first. */
static void sarif_code_flow(const struct sarif_page *page, uint32_t stack, const char *title)
{
    uint32_t count;
    struct shown_line *lines = sarif_lines(page, stack, &count);

    if (count) {
        json_object(page->json, NULL);
        sarif_message(page->json, "message", title);
        json_array(page->json, "threadFlows");
        json_object(page->json, NULL);
        json_array(page->json, "locations");
        for (uint32_t i = count; i-- > 0;) {
            json_object(page->json, NULL);
            sarif_location(page, "location", &lines[i],
                           lines[i].function ? lines[i].function : "???");
            json_end_object(page->json);
        }
        json_end_array(page->json);
        json_end_object(page->json);
        json_end_array(page->json);
        json_end_object(page->json);
    }
    free(lines);
}

/* As it is read: innermost first. */
static void sarif_stack(const struct sarif_page *page, uint32_t stack, const char *title)
{
    struct shown_stack shown;
    struct shown_line line;

    json_object(page->json, NULL);
    sarif_message(page->json, "message", title);
    json_array(page->json, "frames");
    shown_stack_begin(&shown, page->report->options, page->report->model, stack);
    while (shown_stack_next(&shown, &line)) {
        json_object(page->json, NULL);
        sarif_location(page, "location", &line, NULL);
        if (*line.object)
            sarif_text(page->json, "module", line.object);
        json_end_object(page->json);
    }
    json_end_array(page->json);
    json_end_object(page->json);
}

static void sarif_put_stacks(const struct sarif_page *page, const struct sarif_stacks *stacks)
{
    json_array(page->json, "codeFlows");
    for (uint32_t i = 0; i < stacks->count; i++)
        sarif_code_flow(page, stacks->stacks[i], stacks->titles[i]);
    json_end_array(page->json);
    json_array(page->json, "stacks");
    for (uint32_t i = 0; i < stacks->count; i++)
        sarif_stack(page, stacks->stacks[i], stacks->titles[i]);
    json_end_array(page->json);
}

/* --- results ------------------------------------------------------------- */

/* GitHub looks at the first key alone, and would make one of the line's text, if there were none.
 */
static void sarif_fingerprint(struct sarif_page *page, enum finding finding, uint32_t stack)
{
    struct fingerprint print =
        fingerprint_of(page->report->options, page->report->model, finding, stack, &page->seen);
    char text[48];

    snprintf(text, sizeof text, "%016llx:%u", (unsigned long long)print.hash, print.ordinal);
    json_object(page->json, "partialFingerprints");
    json_text(page->json, "primaryLocationLineHash", text);
    json_text(page->json, "leakreportStack/v1", text);
    json_end_object(page->json);
}

/* "8 bytes in 1 blocks are definitely lost, from make (a.c:7)". Frees the sentence. */
static char *sarif_sentence_at(char *sentence, const struct shown_line *line)
{
    struct text_buffer text = {0};

    text_buffer_add(&text, sentence);
    if (line->function || line->file) {
        text_buffer_format(&text, ", in %s", line->function ? line->function : "???");
        words_add_source(&text, line);
    }
    free(sentence);
    return text.text;
}

/* Frees the sentence. */
static void sarif_result(struct sarif_page *page, enum finding finding, char *sentence,
                         const struct sarif_stacks *stacks)
{
    const struct report *report = page->report;
    const struct finding_rule *rule = finding_rule(finding);
    struct shown_line line;

    own_frame(&line, report->options, report->model, stacks->stacks[0], page->root);
    json_text(page->json, "ruleId", rule->name);
    json_number(page->json, "ruleIndex", finding);
    json_text(page->json, "level", rule->level);
    char *message = sarif_sentence_at(sentence, &line);
    sarif_message(page->json, "message", message);
    free(message);
    json_array(page->json, "locations");
    sarif_location(page, NULL, &line, NULL);
    json_end_array(page->json);
    sarif_put_stacks(page, stacks);
    sarif_fingerprint(page, finding, stacks->stacks[0]);
}

void sarif_misuse(struct sarif_page *page, const struct misuse *misuse)
{
    const struct report *report = page->report;
    struct misuse_view view = misuse_view(report->model, misuse);
    struct sarif_stacks stacks = {.count = 0};

    sarif_stacks_add(&stacks, misuse->stack, words_misuse(misuse));
    if (view.has_stack)
        sarif_stacks_add(&stacks, view.stack, words_misuse_address(misuse, &view));
    if (view.has_allocated_stack)
        sarif_stacks_add(&stacks, view.allocated_stack, memory_text("%s", words_misuse_allocated));
    if (view.has_overwritten_stack)
        sarif_stacks_add(&stacks, view.overwritten_stack, words_misuse_overwritten(misuse, &view));
    json_object(page->json, NULL);
    sarif_result(page, finding_of_misuse(misuse), words_misuse(misuse), &stacks);
    json_number(page->json, "occurrenceCount", misuse->record.count);
    if (report->diff)
        json_text(page->json, "baselineState", "new");
    json_end_object(page->json);
    sarif_stacks_free(&stacks);
}

void sarif_record(struct sarif_page *page, const struct loss_record *record)
{
    static const char *const states[LOSS_CHANGES_COUNT] = {
        [LOSS_SAME] = "unchanged",    [LOSS_NEW] = "new",     [LOSS_INCREASED] = "updated",
        [LOSS_DECREASED] = "updated", [LOSS_GONE] = "absent",
    };
    struct loss_figures figures = group_figures(record);
    struct sarif_stacks stacks = {.count = 0};
    enum moment moment = page->report->moment;

    sarif_stacks_add(&stacks, record->stack, memory_text("Allocated at"));
    json_object(page->json, NULL);
    sarif_result(page, finding_of_record(record), words_loss(record, moment), &stacks);
    if (record->change)
        json_text(page->json, "baselineState", states[record->change]);
    json_object(page->json, "properties");
    json_number(page->json, "bytes", figures.bytes);
    json_number(page->json, "directBytes", figures.direct);
    json_number(page->json, "indirectBytes", figures.indirect);
    json_number(page->json, "blocks", figures.blocks);
    json_end_object(page->json);
    json_end_object(page->json);
    sarif_stacks_free(&stacks);
}
