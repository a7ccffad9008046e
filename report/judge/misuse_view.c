#include "judge/misuse_view.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

static void misuse_view_block(struct misuse_view *view, const struct misuse *misuse)
{
    const struct trace_error *record = &misuse->record;

    view->has_stack = true;
    view->freed = record->address_kind == TRACE_ADDRESS_FREED_BLOCK;
    view->stack = view->freed ? misuse->stack_freed : misuse->stack_allocated;
    view->allocated_stack = misuse->stack_allocated;
    view->has_allocated_stack = view->freed && record->stack_allocated;
    view->where = MISUSE_INSIDE;
    view->offset = record->address - record->block;
    if (misuse->access_size > record->block - record->address && view->freed) {
        /* A vector that covers the block's begin: what was wanted of it lies in the block. */
        view->offset = 0;
    } else if (record->address < record->block) {
        view->offset = record->block - record->address;
        view->where = MISUSE_BEFORE;
    } else if (view->offset >= record->block_size) {
        view->offset -= record->block_size;
        view->where = MISUSE_AFTER;
    }
}

/* `block` is the number of the frame there. */
static void misuse_view_stack(struct misuse_view *view, const struct model *model,
                              const struct misuse *misuse)
{
    view->where = MISUSE_ON_STACK;
    view->is_main_thread = misuse->record.tid == model->header.pid;
    if (!misuse->record.block)
        return;
    struct stack stack = model_stack(model, misuse->stack);
    uint64_t frame = misuse->record.block;

    view->frame = frame;
    view->has_frame = frame < stack.count && model->frames[stack.frames[frame]].position_count > 0;
}

static void misuse_view_data(struct misuse_view *view, const struct misuse *misuse)
{
    view->where = misuse->variable        ? MISUSE_IN_VARIABLE
                  : misuse->place_section ? MISUSE_IN_SECTION
                  : misuse->place_file    ? MISUSE_IN_FILE
                                          : MISUSE_IN_DATA;
    view->offset = misuse->variable_offset;
    view->has_stack = view->where == MISUSE_IN_SECTION && !strcmp(misuse->place_section, "Text");
    view->stack = misuse->stack_place;
}

struct misuse_view misuse_view(const struct model *model, const struct misuse *misuse)
{
    struct misuse_view view = {.where = MISUSE_NOWHERE};

    switch (misuse->record.address_kind) {
    case TRACE_ADDRESS_LIVE_BLOCK:
    case TRACE_ADDRESS_FREED_BLOCK:
        misuse_view_block(&view, misuse);
        break;
    case TRACE_ADDRESS_STACK:
        misuse_view_stack(&view, model, misuse);
        break;
    case TRACE_ADDRESS_DATA:
        misuse_view_data(&view, misuse);
        break;
    default:
        break;
    }
    if (misuse->record.kind == TRACE_MALLOC_ABORT) {
        view.has_overwritten_stack = misuse->record.overwritten.stack_allocated != 0;
        view.overwritten_stack = misuse->stack_overwritten;
    }
    return view;
}

/* Both are of one array, so their order there is that of their addresses. */
static int misuse_compare(const void *left, const void *right)
{
    const struct misuse *a = *(const struct misuse *const *)left;
    const struct misuse *b = *(const struct misuse *const *)right;
    uint64_t a_times = a->record.count, b_times = b->record.count;

    if (a_times != b_times)
        return a_times < b_times ? -1 : 1;
    return (a < b) - (a > b);
}

const struct misuse **misuse_list(const struct model *model, uint32_t *count)
{
    const struct misuse **list = memory_resized(NULL, model->misuse_count, sizeof *list);

    *count = 0;
    for (uint32_t i = 0; i < model->misuse_count; i++)
        if (!model->misuses[i].suppressed)
            list[(*count)++] = &model->misuses[i];
    qsort(list, *count, sizeof *list, misuse_compare);
    return list;
}
