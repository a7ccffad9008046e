#include "judge/diff/stack_graft.h"
#include <stdlib.h>
#include "base/memory.h"

void stack_graft_begin(struct stack_graft *graft, const struct model *from, struct model *to,
                       const uint32_t *twins)
{
    *graft = (struct stack_graft){from, to, twins, NULL};
    graft->added = memory_zeroed(from->module_count + 1, sizeof *graft->added);
}

void stack_graft_end(struct stack_graft *graft)
{
    free(graft->added);
}

/* At no address: none of this process's is in it. */
static uint32_t graft_add_module(struct model *model, const struct module *module)
{
    model->modules =
        memory_resized(model->modules, model->module_count + 1, sizeof *model->modules);
    model->modules[model->module_count] = *module;
    model->modules[model->module_count].path = memory_text("%s", module->path);
    model->modules[model->module_count].start = model->modules[model->module_count].end = 0;
    return model->module_count++;
}

static uint32_t graft_module(struct stack_graft *graft, uint32_t module)
{
    if (!module || graft->twins[module])
        return module ? graft->twins[module] : 0;
    if (!graft->added[module])
        graft->added[module] = graft_add_module(graft->to, &graft->from->modules[module]);
    return graft->added[module];
}

static uint32_t graft_frame(struct stack_graft *graft, uint32_t number)
{
    const struct frame *frame = &graft->from->frames[number];
    uint32_t module = graft_module(graft, frame->module);
    uint64_t address = frame->address;

    if (module)
        address += graft->to->modules[module].bias - graft->from->modules[frame->module].bias;
    uint32_t put = model_put_frame(graft->to, address, module);
    struct frame *new = &graft->to->frames[put];
    if (!new->positions) {
        new->positions = frame->positions;
        new->position_count = frame->position_count;
        new->is_last = frame->is_last;
    }
    return put;
}

uint32_t stack_graft_put(struct stack_graft *graft, uint32_t number)
{
    struct stack stack = model_stack(graft->from, number);
    uint32_t *words = memory_resized(NULL, stack.count + 1, sizeof *words);

    words[0] = stack.end;
    for (uint32_t i = 0; i < stack.count; i++)
        words[i + 1] = graft_frame(graft, stack.frames[i]);
    uint32_t put = model_put_stack(graft->to, words, stack.count, graft->from->stack_ages[number]);
    free(words);
    return put;
}
