#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/safe_text.h"
#include "judge/stack_view.h"
#include "suppress/suppress_print.h"
#include "symbols/below_main.h"
#include "views/text/render_text.h"

/* The path from behind the first of the texts that occurs in it; a text that does not occur leaves
 * the whole path, as in valgrind. */
static const char *text_source_path(const struct options *options, const struct position *position)
{
    const struct option_list *after = &options->fullpath_after;

    if (after->count == 0)
        return position->file;
    for (size_t i = 0; i < after->count; i++) {
        const char *found = strstr(position->path, after->items[i]);

        if (found)
            return found + strlen(after->items[i]);
    }
    return position->path;
}

/* Where the position is: "(file.c:7)", or "(in /path/of/object)" when nobody knows its source. */
static void text_add_position(struct text_buffer *line, const struct text_page *page,
                              const struct frame *frame, const struct position *position)
{
    const struct report *report = page->report;
    const char *object = frame->module ? report->model->modules[frame->module].path : "";

    if (!position->file && !*object)
        return;
    text_buffer_add(line, position->file ? " (" : " (in ");
    text_buffer_add(line, position->file ? text_source_path(report->options, position) : object);
    if (position->file && position->line)
        text_buffer_format(line, ":%u", position->line);
    text_buffer_add(line, ")");
}

/* What follows the last frame when it is not the outermost one. */
static void text_stack_end(const struct text_page *page, enum stack_end end)
{
    if (end == STACK_UNKNOWN)
        render_text_line(page, "   at 0x0: ???");
    else if (end == STACK_CUT)
        render_text_line(page, "   (the outer frames were not recorded)");
    else if (end == STACK_DAMAGED)
        render_text_line(page, "   (the outer frames are damaged in the log)");
}

/* --- frames, made once --------------------------------------------------- */

void render_text_stacks_begin(struct text_page *page)
{
    page->frames = memory_zeroed(page->report->model->frame_count, sizeof *page->frames);
    page->lines = memory_zeroed(1, sizeof *page->lines);
}

void render_text_stacks_end(struct text_page *page)
{
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
    bool all = page->report->options->show_below_main;
    enum below_main below = all || !frame->is_last ? BELOW_MAIN_NO : below_main_judge(frame);

    struct text_buffer *lines = page->lines;
    char by[32];

    made->last = below != BELOW_MAIN_NO;
    snprintf(by, sizeof by, "   by 0x%" PRIX64 ": ", frame->address - 1);
    text_buffer_clear(lines);
    for (uint32_t i = 0; i < frame->position_count; i++) {
        const struct position *position = &frame->positions[i];
        bool is_outermost = i + 1 == frame->position_count;
        const char *name = below == BELOW_MAIN_IS_BELOW && is_outermost ? "(below main)"
                           : position->function                         ? position->function
                                                                        : "???";
        size_t begin = lines->length;

        text_buffer_add(lines, page->prefix);
        text_buffer_add(lines, by);
        text_buffer_add(lines, name);
        text_add_position(lines, page, frame, position);
        safe_text_make(lines->text + begin);
        text_buffer_add(lines, "\n");
    }
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

void render_text_stack(const struct text_page *page, uint32_t number)
{
    struct stack stack = model_stack(page->report->model, number);

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

void render_text_frame_at(const struct text_page *page, uint32_t number, uint64_t index)
{
    const struct model *model = page->report->model;
    struct stack stack = model_stack(model, number);

    if (index >= stack.count)
        return;
    const struct frame *frame = &model->frames[stack.frames[index]];
    if (frame->position_count == 0)
        return;
    /* The last position is the function itself, the others are inlined in it. */
    const struct position *position = &frame->positions[frame->position_count - 1];
    text_buffer_clear(page->lines);
    text_add_position(page->lines, page, frame, position);
    render_text_line(page, " in frame #%" PRIu64 ", created by %s%s", index,
                     position->function ? position->function : "???", page->lines->text);
}

void render_text_suppression(const struct text_page *page, enum suppress_kind kind,
                             unsigned leak_kinds, uint32_t stack)
{
    struct stack_view view;
    struct intern *printed = page->report->generated;
    char *text = NULL;
    size_t size = 0;

    if (!page->report->options->gen_suppressions)
        return;
    stack_view_begin(&view, page->report->model, NULL, stack, true);
    struct suppress_stack callbacks = stack_view_callbacks(&view);
    FILE *entry = open_memstream(&text, &size);
    suppress_print_generated(entry, kind, leak_kinds, &callbacks);
    fclose(entry);
    stack_view_end(&view);
    uint32_t known = printed ? printed->count : 0;
    if (printed && intern_put(printed, text, size) < known)
        render_text_line(page, "(an entry that suppresses it is printed above)");
    else
        fputs(text, page->out);
    free(text);
}
