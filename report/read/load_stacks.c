#include "read/load_stacks.h"
#include <stdlib.h>
#include "base/memory.h"

void load_stacks_begin(struct stack_loader *loader, const struct log_reader *reader,
                       struct model *model, uint32_t depth)
{
    *loader = (struct stack_loader){.reader = reader, .model = model, .depth = depth};
    loader->words = memory_resized(NULL, (size_t)depth + 1, sizeof *loader->words);
}

/* A frame of the stack: false when the log does not hold this node. */
static bool load_node(struct stack_loader *loader, uint32_t node, struct trace_node *copy)
{
    return log_reader_copy(loader->reader, TRACE_NODES, node, copy) && copy->address != 0;
}

static uint32_t load_known_module(const struct model *model, uint32_t module)
{
    return module < model->module_count && model->modules[module].present ? module : 0;
}

/* Many nodes are of few calls. */
static uint32_t load_frame(struct stack_loader *loader, uint64_t address, uint32_t module)
{
    uint64_t hash = address * 0x9e3779b97f4a7c15u;
    struct recent_frame *recent = &loader->recent[hash >> 54];

    if (recent->address != address || recent->module != module)
        *recent =
            (struct recent_frame){address, module, model_put_frame(loader->model, address, module)};
    return recent->frame;
}

static enum stack_end load_end_at(uint32_t node)
{
    return node == TRACE_NODE_END ? STACK_WHOLE : node == TRACE_NODE_CUT ? STACK_CUT : STACK_LONGER;
}

static uint32_t load_walk(struct stack_loader *loader, uint32_t node)
{
    uint32_t count = 0, first = node;
    struct trace_node record;

    while (node >= TRACE_NODE_FIRST && count < loader->depth) {
        if (!load_node(loader, node, &record) || record.parent >= node) {
            loader->words[0] = STACK_DAMAGED;
            loader->damaged++;
            return model_put_stack(loader->model, loader->words, count, first);
        }
        loader->words[++count] =
            load_frame(loader, record.address, load_known_module(loader->model, record.module));
        node = record.parent;
    }
    loader->words[0] = load_end_at(node);
    return model_put_stack(loader->model, loader->words, count, first);
}

uint32_t load_stack(struct stack_loader *loader, uint32_t node)
{
    if (node == TRACE_NODE_END)
        return 0;

    uint32_t known = loader->nodes.count;
    uint32_t number = intern_put(&loader->nodes, &node, sizeof node);

    if (number == known) {
        memory_reserve(loader->stacks, known, loader->capacity);
        loader->stacks[number] = load_walk(loader, node);
    }
    return loader->stacks[number];
}

uint32_t load_stack_of_account(struct stack_loader *loader, uint32_t account, uint32_t *marks)
{
    *marks = 0;
    if (account == 0)
        return 0;

    struct trace_account record;

    if (!log_reader_copy(loader->reader, TRACE_ACCOUNTS, account, &record) || !record.thread) {
        loader->damaged++;
        return 0;
    }
    *marks = record.stack & TRACE_STACK_NAMED;
    return load_stack(loader, record.stack & TRACE_STACK_MASK);
}

void load_stacks_end(struct stack_loader *loader)
{
    if (loader->damaged)
        model_add_note(loader->model, NOTE_STACKS_DAMAGED, loader->damaged, NULL, NULL);
    intern_free(&loader->nodes);
    free(loader->stacks);
    free(loader->words);
}
