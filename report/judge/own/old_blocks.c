#include "judge/own/old_blocks.h"
#include <stdlib.h>
#include "base/memory.h"
#include "judge/own/never_freed.h"
#include "read/block_ages.h"

/* The latest run of ages of which nothing is left, behind one of which something is. */
static bool old_find_gap(const struct stack_age *ages, uint32_t count, uint32_t *begin,
                         uint32_t *end)
{
    *end = count;
    while (*end > 0 && ages[*end - 1].left)
        --*end;
    for (*begin = *end; *begin > 0 && !ages[*begin - 1].left; --*begin)
        ;
    return *begin > 0 && *begin < *end;
}

/* Blocks that were marked later are not counted among those that their age made. */
static bool old_judge(const struct block_ages *ages, uint32_t stack, struct old_place *place)
{
    const struct stack_age *of = ages->stacks[stack];
    uint32_t begin, end;

    if (!of || !old_find_gap(of, ages->count, &begin, &end))
        return false;
    *place = (struct old_place){.stack = stack, .begin_ns = ages->begin_ns[begin]};
    place->end_ns = end < ages->count ? ages->begin_ns[end] : 0;
    for (uint32_t i = 0; i < begin; i++) {
        place->blocks += of[i].left;
        place->bytes += of[i].left_bytes;
    }
    for (uint32_t i = begin; i < end; i++)
        place->freed += of[i].made;
    return place->freed >= OLD_MADE && place->freed >= OLD_TIMES * place->blocks;
}

static int old_compare(const void *left, const void *right)
{
    const struct old_place *a = left, *b = right;

    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->stack > b->stack) - (a->stack < b->stack);
}

void old_blocks_find(struct old_blocks *old, const struct options *options,
                     const struct model *model)
{
    const struct block_ages *ages = model->ages;
    struct owners owners;
    uint32_t capacity = 0;

    *old = (struct old_blocks){.is_known = ages && ages->count};
    if (!old->is_known)
        return;
    owners_begin(&owners, options, model);
    for (uint32_t i = 0; i < ages->stack_count && i < model_stack_count(model); i++) {
        struct old_place place;

        if (!(model->left_out && model->left_out[i]) && old_judge(ages, i, &place) &&
            never_freed_place(&place.line, options, &owners, model, i)) {
            memory_reserve(old->places, old->count, capacity);
            old->places[old->count++] = place;
        }
    }
    if (old->count)
        qsort(old->places, old->count, sizeof *old->places, old_compare);
    owners_end(&owners);
}

void old_blocks_free(struct old_blocks *old)
{
    free(old->places);
}
