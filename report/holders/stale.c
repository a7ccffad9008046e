#include "holders/stale.h"
#include <stdlib.h>
#include "base/memory.h"

static bool stale_is_same(const struct stale_group *group, const struct stale_pointer *pointer,
                          uint32_t root)
{
    const struct stale_pointer *first = group->first;

    return group->root == root && first->stack_allocated == pointer->stack_allocated &&
           first->stack_freed == pointer->stack_freed &&
           first->stack_taken == pointer->stack_taken &&
           first->stack_holder == pointer->stack_holder;
}

static void stale_put(struct stale *stale, const struct stale_pointer *pointer, uint32_t *capacity)
{
    const struct trace_stale *record = &pointer->record;
    struct stale_group fresh = {pointer, UINT32_MAX, record->at - record->holder_at, 1};

    if (!record->holder_at)
        fresh.root = root_names_at(&stale->names, record->at, &fresh.offset);
    for (uint32_t i = 0; i < stale->count; i++)
        if (stale_is_same(&stale->groups[i], pointer, fresh.root)) {
            stale->groups[i].count++;
            return;
        }
    memory_reserve(stale->groups, stale->count, *capacity);
    stale->groups[stale->count++] = fresh;
}

/* Static variables first. */
static int stale_compare(const void *left, const void *right)
{
    const struct stale_group *a = left, *b = right;
    bool in_block = a->root == UINT32_MAX;

    if (in_block != (b->root == UINT32_MAX))
        return in_block ? 1 : -1;
    return (a->first > b->first) - (a->first < b->first);
}

struct stale *stale_find(struct model *model, struct symbolizer *symbolizer, bool demangle)
{
    uint32_t capacity = 0;

    if (!model->stale_count)
        return NULL;
    struct stale *stale = memory_zeroed(1, sizeof *stale);
    root_names_begin(&stale->names, model, symbolizer, demangle);
    for (uint32_t i = 0; i < model->stale_count; i++) {
        symbolize_stack(symbolizer, model->stale[i].stack_allocated);
        symbolize_stack(symbolizer, model->stale[i].stack_freed);
        symbolize_stack(symbolizer, model->stale[i].stack_holder);
        if (model->stale[i].record.taken)
            symbolize_stack(symbolizer, model->stale[i].stack_taken);
        stale_put(stale, &model->stale[i], &capacity);
    }
    qsort(stale->groups, stale->count, sizeof *stale->groups, stale_compare);
    return stale;
}

void stale_free(struct stale *stale)
{
    if (!stale)
        return;
    root_names_end(&stale->names);
    free(stale->groups);
    free(stale);
}
