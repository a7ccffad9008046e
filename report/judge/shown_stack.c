#include "judge/shown_stack.h"
#include <string.h>
#include "symbols/below_main.h"

/* --- frames -------------------------------------------------------------- */

static enum below_main shown_position(const struct options *options, const struct frame *frame)
{
    return options->show_below_main || !frame->is_last ? BELOW_MAIN_NO : below_main_judge(frame);
}

bool shown_frame_is_last(const struct options *options, const struct frame *frame)
{
    return shown_position(options, frame) != BELOW_MAIN_NO;
}

/* As valgrind, which takes a "./" away from whatever is left. */
static const char *shown_without_dot(const char *path)
{
    return strncmp(path, "./", 2) == 0 ? path + 2 : path;
}

/* The path from behind the first of the texts that occurs in it; a text that does not occur leaves
 * the whole path, as in valgrind. */
static const char *shown_file(const struct options *options, const struct position *position)
{
    const struct option_list *after = &options->fullpath_after;

    if (!position->file || after->count == 0)
        return position->file;
    for (size_t i = 0; i < after->count; i++) {
        const char *found = strstr(position->path, after->items[i]);

        if (found)
            return shown_without_dot(found + strlen(after->items[i]));
    }
    return shown_without_dot(position->path);
}

struct shown_line shown_frame_line(const struct options *options, const struct model *model,
                                   const struct frame *frame, uint32_t index)
{
    const struct position *position = &frame->positions[index];
    bool below =
        index + 1 == frame->position_count && shown_position(options, frame) == BELOW_MAIN_IS_BELOW;

    return (struct shown_line){
        .address = frame->address - 1,
        .function = below ? "(below main)" : position->function,
        .object = frame->module ? model->modules[frame->module].path : "",
        .file = shown_file(options, position),
        .number = position->file ? position->line : 0,
        .position = position,
        .frame = frame,
        .is_below_main = below,
    };
}

/* --- stacks -------------------------------------------------------------- */

void shown_stack_begin(struct shown_stack *shown, const struct options *options,
                       const struct model *model, uint32_t stack)
{
    *shown = (struct shown_stack){options, model, model_stack(model, stack), 0, 0};
}

bool shown_stack_next(struct shown_stack *shown, struct shown_line *line)
{
    while (shown->frame < shown->stack.count) {
        const struct frame *frame = &shown->model->frames[shown->stack.frames[shown->frame]];

        if (shown->position < frame->position_count) {
            *line = shown_frame_line(shown->options, shown->model, frame, shown->position++);
            return true;
        }
        shown->position = 0;
        shown->frame++;
        if (shown_frame_is_last(shown->options, frame)) {
            shown->stack.count = shown->frame;
            shown->stack.end = STACK_WHOLE;
        }
    }
    return false;
}

enum stack_end shown_stack_end(const struct shown_stack *shown)
{
    return shown->stack.end;
}
