#include "judge/memory_view.h"

/* What lies outside of the blocks and is more than they are. */
#define MEMORY_NOTABLE (16u << 20)

static bool memory_is_whole(const struct trace_memory *memory)
{
    return memory->is_known == 1 && memory->in_blocks <= memory->of_malloc &&
           memory->free <= memory->of_malloc - memory->in_blocks;
}

static bool memory_is_unexplained(const struct trace_memory *memory)
{
    uint64_t outside = memory->free + memory->mapped + memory->stacks;

    return outside > MEMORY_NOTABLE && outside > memory->in_blocks;
}

bool memory_is_shown(const struct options *options, const struct model *model)
{
    const struct trace_memory *memory = &model->header.memory;

    return memory_is_whole(memory) &&
           (model->process == PROCESS_WENT_ON || options_want_usage(options) || options->verbose ||
            memory_is_unexplained(memory));
}
