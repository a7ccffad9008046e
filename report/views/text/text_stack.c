#include "views/text/text_stack.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/safe_text.h"
#include "judge/stack_view.h"
#include "views/text/text_own.h"
#include "words/words_error.h"

/* What follows the last frame when it is not the outermost one. */
static void text_stack_end(const struct text_page *page, enum stack_end end)
{
    const char *why = words_stack_end(end);

    if (end == STACK_UNKNOWN)
        text_line(page, "   at 0x0: ???");
    else if (why)
        text_line(page, "   %s", why);
}

/* --- frames, made once --------------------------------------------------- */

void text_stacks_begin(struct text_page *page)
{
    page->frames = memory_zeroed(page->report->model->frame_count, sizeof *page->frames);
    page->lines = memory_zeroed(1, sizeof *page->lines);
    page->colors = text_has_colors(page->out, page->report->options);
    text_own_begin(page);
}

void text_stacks_end(struct text_page *page)
{
    text_own_end(page);
    for (uint32_t i = 0; i < page->report->model->frame_count; i++)
        free(page->frames[i].lines);
    free(page->frames);
    free(page->lines->text);
    free(page->lines);
}

/* One line for each position, each as a caller's. */
static void text_make_frame(const struct text_page *page, struct text_frame *made,
                            const struct frame *frame)
{
    const struct report *report = page->report;
    struct text_buffer *lines = page->lines;

    text_buffer_clear(lines);
    for (uint32_t i = 0; i < frame->position_count; i++) {
        struct shown_line line = shown_frame_line(report->options, report->model, frame, i);
        size_t begin = lines->length;

        text_buffer_format(lines, "%s   by 0x%" PRIX64 ": %s", page->prefix, line.address,
                           line.function ? line.function : "???");
        words_add_source(lines, &line);
        safe_text_make(lines->text + begin);
        text_buffer_add(lines, "\n");
    }
    made->last = shown_frame_is_last(report->options, frame);
    made->size = lines->length;
    made->lines = memcpy(memory_resized(NULL, made->size, 1), lines->text, made->size);
}

static const struct text_frame *text_frame(const struct text_page *page, uint32_t number)
{
    struct text_frame *made = &page->frames[number];

    if (!made->lines)
        text_make_frame(page, made, &page->report->model->frames[number]);
    return made;
}

/* The innermost frame's first line says "at". */
static void text_put_innermost(const struct text_page *page, const struct text_frame *frame)
{
    static const char by[] = "   by", at[] = "   at";
    size_t begin = strlen(page->prefix), end = begin + strlen(by);

    if (frame->size < end)
        return;
    fputs_unlocked(page->prefix, page->out);
    fputs_unlocked(at, page->out);
    fwrite_unlocked(frame->lines + end, 1, frame->size - end, page->out);
}

void text_stack(const struct text_page *page, uint32_t number)
{
    struct stack stack = model_stack(page->report->model, number);

    if (page->own) {
        text_stack_end(page, text_own_stack(page, number));
        return;
    }
    for (uint32_t i = 0; i < stack.count; i++) {
        const struct text_frame *frame = text_frame(page, stack.frames[i]);

        if (i == 0)
            text_put_innermost(page, frame);
        else
            fwrite_unlocked(frame->lines, 1, frame->size, page->out);
        if (frame->last)
            return;
    }
    text_stack_end(page, stack.end);
}

/* --- suppressions -------------------------------------------------------- */

/* valgrind's question. What stands above it is to be seen first. */
static bool text_is_suppression_wanted(const struct text_page *page)
{
    int generated = page->report->options->gen_suppressions;
    char text[160];

    if (generated != CLI_GENERATED_ASKED || !page->report->question)
        return generated == CLI_GENERATED_ALL;
    fflush(page->out);
    snprintf(text, sizeof text, "%s\n%s---- Print suppression ? --- [Return/N/n/Y/y/C/c] ---- ",
             page->prefix, page->prefix);
    return question_ask(page->report->question, text);
}

void text_suppression(const struct text_page *page, enum suppress_kind kind, unsigned leak_kinds,
                      uint32_t stack)
{
    struct intern *printed = page->report->generated;
    size_t size;

    if (!text_is_suppression_wanted(page))
        return;
    char *text = stack_view_suppression(page->report->model, stack, kind, leak_kinds, &size);
    uint32_t known = printed ? printed->count : 0;
    if (printed && intern_put(printed, text, size) < known)
        text_line(page, "(an entry that suppresses it is printed above)");
    else
        fputs(text, page->out);
    free(text);
}
