#include "judge/call_tree.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/below_main.h"

/* --- making it ----------------------------------------------------------- */

/* Where the frame of a call_frame would be: what the stack's end is. */
#define CALL_ENDS (UINT32_MAX - 16)

const char *call_tree_end(enum stack_end end)
{
    return end == STACK_LONGER    ? "[outer frames left out]"
           : end == STACK_CUT     ? "[outer frames not recorded]"
           : end == STACK_DAMAGED ? "[outer frames damaged in the log]"
                                  : NULL;
}

/* How many of the stack's frames are shown: those up to main, or to libc's function that calls it
 * (shown_stack), where the stack has no main: before it runs, and where nothing has its name. Then
 * it is whole, whatever may follow. */
static uint32_t call_shown(const struct call_tree *tree, struct stack *stack)
{
    if (tree->below_main)
        return stack->count;
    for (uint32_t i = 0; i < stack->count; i++) {
        const struct frame *frame = &tree->model->frames[stack->frames[i]];
        enum below_main position = frame->is_last ? below_main_judge(frame) : BELOW_MAIN_NO;

        if (position != BELOW_MAIN_NO) {
            stack->end = STACK_WHOLE;
            return i + 1;
        }
    }
    return stack->count;
}

static uint32_t call_put(struct call_tree *tree, uint32_t parent, uint32_t frame, uint32_t position)
{
    struct call_frame key = {frame, position};
    struct call_node node = {parent, intern_put(&tree->frames, &key, sizeof key)};

    return intern_put(&tree->keys, &node, sizeof node) + 1;
}

static uint32_t call_put_stack(struct call_tree *tree, uint32_t number)
{
    struct stack stack = model_stack(tree->model, number);
    uint32_t node = 0, shown = call_shown(tree, &stack);

    if (tree->has_ends && shown && call_tree_end(stack.end))
        node = call_put(tree, 0, CALL_ENDS + stack.end, 0);
    for (uint32_t i = shown; i-- > 0;) {
        uint32_t count = tree->model->frames[stack.frames[i]].position_count;

        for (uint32_t position = count ? count : 1; position-- > 0;)
            node = call_put(tree, node, stack.frames[i], position);
    }
    return node;
}

static void call_tree_fill(struct call_tree *tree)
{
    const struct model *model = tree->model;

    tree->stack_count = model_stack_count(model);
    tree->stacks = memory_zeroed(tree->stack_count, sizeof *tree->stacks);
    for (uint32_t i = 1; i < tree->stack_count; i++)
        tree->stacks[i] = call_put_stack(tree, i);
    tree->node_count = tree->keys.count + 1;
}

void call_tree_make(struct call_tree *tree, const struct model *model, bool below_main)
{
    *tree = (struct call_tree){.model = model, .below_main = below_main};
    call_tree_fill(tree);
}

void call_tree_make_with_ends(struct call_tree *tree, const struct model *model, bool below_main)
{
    *tree = (struct call_tree){.model = model, .below_main = below_main, .has_ends = true};
    call_tree_fill(tree);
}

void call_tree_free(struct call_tree *tree)
{
    intern_free(&tree->frames);
    intern_free(&tree->keys);
    free(tree->stacks);
}

/* --- reading it ---------------------------------------------------------- */

struct call_node call_tree_node(const struct call_tree *tree, uint32_t node)
{
    return *(const struct call_node *)intern_get(&tree->keys, node - 1, NULL);
}

struct call_position call_tree_position(const struct call_tree *tree, uint32_t number)
{
    const struct model *model = tree->model;
    const struct call_frame *key = intern_get(&tree->frames, number, NULL);

    if (key->frame >= CALL_ENDS)
        return (struct call_position){.function = call_tree_end(key->frame - CALL_ENDS),
                                      .module = ""};
    const struct frame *frame = &model->frames[key->frame];
    const struct position *position =
        key->position < frame->position_count ? &frame->positions[key->position] : NULL;
    const struct module *module = &model->modules[frame->module];
    bool is_below = !tree->below_main && frame->is_last &&
                    key->position + 1 == frame->position_count &&
                    below_main_judge(frame) == BELOW_MAIN_IS_BELOW;

    return (struct call_position){
        .function = is_below   ? "(below main)"
                    : position ? position->function
                               : NULL,
        .linked = position ? position->linked : NULL,
        .file = position ? position->file : NULL,
        .path = position ? position->path : NULL,
        .line = position ? position->line : 0,
        .inlined = position && position->inlined,
        .module = frame->module && module->path ? module->path : "",
        .module_number = frame->module,
        .is_tracer = frame->module && model->tracer && module->path &&
                     strcmp(module->path, model->tracer) == 0,
        .address = frame->address - 1,
        .offset = frame->address - 1 - module->bias,
    };
}

char *call_tree_name(const struct call_tree *tree, uint32_t frame)
{
    struct call_position position = call_tree_position(tree, frame);
    const char *slash = strrchr(position.module, '/');

    if (position.function)
        return memory_text("%s", position.function);
    return memory_text("0x%llx in %s", (unsigned long long)position.offset,
                       slash              ? slash + 1
                       : *position.module ? position.module
                                          : "no module");
}

void call_tree_add_up(const struct call_tree *tree, uint64_t *values)
{
    for (uint32_t node = tree->node_count; node-- > 1;)
        values[call_tree_node(tree, node).parent] += values[node];
}
