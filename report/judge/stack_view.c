#include "judge/stack_view.h"
#include <stdlib.h>
#include "base/memory.h"
#include "suppress/suppress_print.h"
#include "symbols/below_main.h"

void stack_view_begin(struct stack_view *view, const struct model *model,
                      struct symbolizer *symbolizer, uint32_t stack, bool stop_at_main)
{
    *view = (struct stack_view){
        .model = model, .symbolizer = symbolizer, .stack = stack, .stop_at_main = stop_at_main};
}

void stack_view_end(struct stack_view *view)
{
    free(view->seen);
}

/* The positions of the next frame; false behind the last one. */
static bool stack_view_extend(struct stack_view *view)
{
    struct stack stack = model_stack(view->model, view->stack);

    if (view->stopped || view->next_frame == stack.count)
        return false;
    uint32_t number = stack.frames[view->next_frame++];
    if (view->symbolizer)
        symbolize_frame(view->symbolizer, number);
    const struct frame *frame = &view->model->frames[number];
    for (uint32_t position = 0; position < frame->position_count; position++) {
        memory_reserve(view->seen, view->seen_count, view->seen_capacity);
        view->seen[view->seen_count++] = (struct stack_view_frame){number, position};
    }
    view->stopped = view->stop_at_main && below_main_judge(frame) != BELOW_MAIN_NO;
    return true;
}

static bool stack_view_exists(void *context, size_t frame)
{
    struct stack_view *view = context;

    while (frame >= view->seen_count)
        if (!stack_view_extend(view))
            return false;
    return true;
}

static const struct position *stack_view_position(void *context, size_t frame)
{
    struct stack_view *view = context;

    if (!stack_view_exists(context, frame))
        return NULL;
    return &view->model->frames[view->seen[frame].frame].positions[view->seen[frame].position];
}

static uint64_t stack_view_identity(void *context, size_t frame)
{
    struct stack_view *view = context;

    if (!stack_view_exists(context, frame))
        return 0;
    return ((uint64_t)view->seen[frame].frame + 1) << 8 | view->seen[frame].position;
}

static const char *stack_view_function(void *context, size_t frame)
{
    const struct position *position = stack_view_position(context, frame);

    return position ? position->linked : NULL;
}

static const char *stack_view_demangled(void *context, size_t frame)
{
    const struct position *position = stack_view_position(context, frame);

    return position ? position->function : NULL;
}

static const char *stack_view_inlined(void *context, size_t frame)
{
    const struct position *position = stack_view_position(context, frame);

    return position ? position->inlined : NULL;
}

static const char *stack_view_object(void *context, size_t frame)
{
    struct stack_view *view = context;

    if (!stack_view_exists(context, frame))
        return NULL;
    uint32_t module = view->model->frames[view->seen[frame].frame].module;
    return module ? view->model->modules[module].path : NULL;
}

static const char *stack_view_file(void *context, size_t frame)
{
    const struct position *position = stack_view_position(context, frame);

    return position ? position->path : NULL;
}

static unsigned stack_view_line(void *context, size_t frame)
{
    const struct position *position = stack_view_position(context, frame);

    return position ? position->line : 0;
}

struct suppress_stack stack_view_callbacks(struct stack_view *view)
{
    return (struct suppress_stack){.context = view,
                                   .exists = stack_view_exists,
                                   .identity = stack_view_identity,
                                   .function = stack_view_function,
                                   .demangled = stack_view_demangled,
                                   .inlined = stack_view_inlined,
                                   .object = stack_view_object,
                                   .file = stack_view_file,
                                   .line = stack_view_line};
}

char *stack_view_suppression(const struct model *model, uint32_t stack, enum suppress_kind kind,
                             unsigned leak_kinds, size_t *size)
{
    struct stack_view view;
    char *text = NULL;

    stack_view_begin(&view, model, NULL, stack, true);
    struct suppress_stack callbacks = stack_view_callbacks(&view);
    FILE *entry = open_memstream(&text, size);
    suppress_print_generated(entry, kind, leak_kinds, &callbacks);
    fclose(entry);
    stack_view_end(&view);
    return text;
}
