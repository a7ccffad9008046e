#include "judge/types/gobject.h"
#include <string.h>

enum { GOBJECT_FRAMES_MAX = 24, GOBJECT_STEPS_MAX = 2 };

static const char *gobject_function(const struct model *model, const struct stack *stack,
                                    uint32_t i)
{
    const struct frame *frame = &model->frames[stack->frames[i]];

    return frame->positions ? frame->positions[frame->position_count - 1].function : NULL;
}

/* Where in the stack a function stands whose name begins so; UINT32_MAX: nowhere. */
static uint32_t gobject_find(const struct model *model, const struct stack *stack,
                             const char *begin)
{
    for (uint32_t i = 0; i < stack->count && i < GOBJECT_FRAMES_MAX; i++) {
        const char *function = gobject_function(model, stack, i);

        if (function && strncmp(function, begin, strlen(begin)) == 0)
            return i;
    }
    return UINT32_MAX;
}

/* Did the function allocate the block, itself or by a few functions of its own? Functions that
 * begin an object, or a class, are called by it, too, and allocate for themselves. */
static bool gobject_was_made_by(const struct model *model, uint32_t block, const char *maker,
                                uint32_t steps)
{
    struct stack stack = model_stack(model, model->blocks[block].stack);
    uint32_t at = gobject_find(model, &stack, maker);

    for (uint32_t i = 0; at != UINT32_MAX && i < at; i++) {
        const char *function = gobject_function(model, &stack, i);

        if (!(function && strstr(function, "alloc")) && steps-- == 0)
            return false;
    }
    return at != UINT32_MAX;
}

static bool gobject_is_class(const struct model *model, uint32_t block)
{
    return gobject_was_made_by(model, block, "g_type_class_ref", GOBJECT_STEPS_MAX) ||
           gobject_was_made_by(model, block, "g_type_class_get", GOBJECT_STEPS_MAX);
}

/* Up to "_get_type" of the caller that registered it, whose second half may be a function of its
 * own (gtk_button_get_type_once). */
static const char *gobject_registrar(const struct model *model, uint32_t block, int *length)
{
    static const char end[] = "_get_type";
    struct stack stack = model_stack(model, model->blocks[block].stack);
    uint32_t i = gobject_find(model, &stack, "g_type_register_");

    for (; i < stack.count && i < GOBJECT_FRAMES_MAX; i++) {
        const char *function = gobject_function(model, &stack, i);
        const char *found = function ? strstr(function, end) : NULL;

        if (found) {
            *length = (int)(found - function + (long)sizeof end - 1);
            return function;
        }
    }
    return NULL;
}

static const char *gobject_of_class(const struct model *model, uint32_t class, int *length)
{
    const struct graph *graph = model->graph;

    for (uint32_t p = graph->first[class]; p < graph->first[class + 1]; p++)
        if (graph->place[p] == 0)
            return gobject_registrar(model, graph->to[p], length);
    return NULL;
}

/* Where in a block its object begins is not known, for private data stand in front: so a block that
 * points to two classes is of none. */
const char *gobject_type_function(const struct model *model, uint32_t block, int *length)
{
    const struct graph *graph = model->graph;
    uint32_t class = UINT32_MAX;

    if (!gobject_was_made_by(model, block, "g_type_create_instance", 0))
        return NULL;
    for (uint32_t p = graph->first[block]; p < graph->first[block + 1]; p++) {
        uint32_t to = graph->to[p];

        if (graph->inside[p] != 0 || to == class || !gobject_is_class(model, to))
            continue;
        if (class != UINT32_MAX)
            return NULL;
        class = to;
    }
    return class == UINT32_MAX ? NULL : gobject_of_class(model, class, length);
}
