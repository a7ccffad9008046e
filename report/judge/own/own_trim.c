#include "judge/own/own_trim.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "read/block_ages.h"
#include "read/stack_use.h"

static uint32_t trim_stack(struct model *model, struct owners *owners, uint32_t number)
{
    struct stack stack = model_stack(model, number);
    uint32_t count = own_stack_frames(owners, &stack, owners->options->num_callers);

    if (count == stack.count)
        return number;
    uint32_t *words = memory_resized(NULL, (size_t)count + 1, sizeof *words);
    words[0] = STACK_LONGER;
    memcpy(words + 1, stack.frames, count * sizeof *words);
    uint32_t trimmed = model_put_stack(model, words, count, model->stack_ages[number]);
    free(words);
    return trimmed;
}

static void trim_usage(struct model *model, const uint32_t *now)
{
    struct usage *usage = model->usage;
    uint32_t count = model_stack_count(model);
    struct stack_use *stacks = memory_zeroed(count, sizeof *stacks);

    for (uint32_t i = 0; i < usage->stack_count && i < count; i++)
        stack_use_add(&stacks[now[i]], &usage->stacks[i]);
    free(usage->stacks);
    usage->stacks = stacks;
    usage->stack_count = count;
}

void own_trim(struct model *model, struct owners *owners)
{
    uint32_t count = model_stack_count(model), *now = memory_resized(NULL, count, sizeof *now);

    for (uint32_t i = 0; i < count; i++)
        now[i] = trim_stack(model, owners, i);
    for (size_t i = 0; i < model->block_count; i++)
        model->blocks[i].stack = now[model->blocks[i].stack];
    for (uint32_t i = 0; i < model->misuse_count; i++) {
        struct misuse *misuse = &model->misuses[i];

        misuse->stack = now[misuse->stack];
        misuse->stack_allocated = now[misuse->stack_allocated];
        misuse->stack_freed = now[misuse->stack_freed];
    }
    model->ending_stack = now[model->ending_stack];
    /* Later stacks did nothing. */
    uint32_t grown = model_stack_count(model);
    now = memory_resized(now, grown, sizeof *now);
    for (uint32_t i = count; i < grown; i++)
        now[i] = i;
    if (model->usage)
        trim_usage(model, now);
    if (model->ages)
        block_ages_renumber(model->ages, now, grown);
    free(now);
}
