#include "read/load_stale.h"
#include "base/memory.h"

void load_stale(struct stack_loader *stacks, struct model *model)
{
    struct log_walk walk = log_reader_walk(stacks->reader, TRACE_STALE);
    struct trace_stale record;
    uint32_t capacity = 0, marks;

    while (model->stale_count < TRACE_STALE_MAX && log_reader_next(&walk, &record)) {
        if (!record.at)
            continue;
        struct stale_pointer pointer = {.record = record,
                                        .stack_allocated =
                                            load_stack_of_account(stacks, record.account, &marks),
                                        .stack_freed = load_stack(stacks, record.stack_freed)};
        if (record.holder_at)
            pointer.stack_holder = load_stack_of_account(stacks, record.holder, &marks);
        if (record.taken)
            pointer.stack_taken = load_stack_of_account(stacks, record.taken - 1, &marks);
        memory_reserve(model->stale, model->stale_count, capacity);
        model->stale[model->stale_count++] = pointer;
    }
}
