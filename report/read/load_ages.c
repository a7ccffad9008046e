#include "read/load_ages.h"
#include "read/block_ages.h"
#include "read/load_blocks.h"

struct load_aging {
    struct stack_loader *stacks;
    struct block_ages *ages;
};

/* They are in order, unless the log is damaged: what is not is left out. */
static void load_begins(const struct log_reader *reader, struct block_ages *ages)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_AGES);
    struct trace_age age;

    ages->count = 1;
    while (ages->count <= TRACE_AGES_MAX && log_reader_next(&walk, &age)) {
        uint32_t last = ages->count - 1;

        if (age.time_ns <= ages->begin_ns[last] || age.first_account < ages->accounts[last])
            continue;
        ages->begin_ns[ages->count] = age.time_ns;
        ages->accounts[ages->count++] = age.first_account;
    }
}

static void load_left(void *context, struct trace_block block, uint64_t size)
{
    struct load_aging *aging = context;
    uint32_t account = trace_block_account(block.what), marks;
    uint32_t stack = load_stack_of_account(aging->stacks, account, &marks);
    struct stack_age *age =
        &block_ages_put(aging->ages, stack)[block_ages_of(aging->ages, account)];

    age->left++;
    age->left_bytes += size;
}

/* Of stacks that have something left. */
static void load_made(struct load_aging *aging)
{
    struct block_ages *ages = aging->ages;
    struct log_walk walk = log_reader_walk(aging->stacks->reader, TRACE_ACCOUNTS);
    struct trace_account record;

    while (log_reader_next(&walk, &record)) {
        uint32_t stack = record.thread ? load_stack(aging->stacks, record.stack & TRACE_STACK_MASK)
                                       : ages->stack_count;

        if (stack < ages->stack_count && ages->stacks[stack])
            ages->stacks[stack][block_ages_of(ages, (uint32_t)walk.index)].made +=
                record.allocations;
    }
}

void load_ages(struct stack_loader *stacks, struct model *model)
{
    struct load_aging aging = {stacks, model->ages};
    uint32_t extents;

    log_reader_extents(stacks->reader, TRACE_AGES, &extents);
    if (!extents)
        return;
    load_begins(stacks->reader, model->ages);
    load_each_live(stacks->reader, load_left, &aging);
    load_made(&aging);
}
