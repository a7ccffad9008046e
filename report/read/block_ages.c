#include "read/block_ages.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

uint32_t block_ages_of(const struct block_ages *ages, uint32_t account)
{
    uint32_t age = ages->count ? ages->count - 1 : 0;

    while (age > 0 && account < ages->accounts[age])
        age--;
    return age;
}

struct stack_age *block_ages_put(struct block_ages *ages, uint32_t stack)
{
    memory_reach(ages->stacks, ages->stack_count, stack);
    if (!ages->stacks[stack])
        ages->stacks[stack] = memory_zeroed(ages->count, sizeof **ages->stacks);
    return ages->stacks[stack];
}

static void ages_add(struct stack_age *to, const struct stack_age *from, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        to[i].made += from[i].made;
        to[i].left += from[i].left;
        to[i].left_bytes += from[i].left_bytes;
    }
}

void block_ages_renumber(struct block_ages *ages, const uint32_t *now, uint32_t count)
{
    struct block_ages before = *ages;

    ages->stacks = NULL;
    ages->stack_count = 0;
    for (uint32_t i = 0; i < before.stack_count; i++)
        if (before.stacks[i] && i < count)
            ages_add(block_ages_put(ages, now[i]), before.stacks[i], ages->count);
    for (uint32_t i = 0; i < before.stack_count; i++)
        free(before.stacks[i]);
    free(before.stacks);
}

void block_ages_free(struct block_ages *ages)
{
    if (!ages)
        return;
    for (uint32_t i = 0; i < ages->stack_count; i++)
        free(ages->stacks[i]);
    free(ages->stacks);
    free(ages);
}
