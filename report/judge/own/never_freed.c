#include "judge/own/never_freed.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "judge/own_frame.h"

struct never_search {
    struct never_freed *never;
    uint32_t capacity;
    struct intern keys;      /* number → never->places[number] */
    struct intern functions; /* number → of all places of a function: */
    uint32_t *places, *freeing;
};

/* A line, or where nobody knows it the call itself. */
static uint32_t never_key(struct never_search *search, uint32_t function,
                          const struct shown_line *line)
{
    const char *file = line->file ? line->file : line->object ? line->object : "";
    size_t length = strlen(file);
    uint64_t *key = memory_zeroed(2 + length / 8 + 1, sizeof *key);

    key[0] = function;
    key[1] = line->number ? line->number : line->address;
    memcpy(&key[2], file, length);
    uint32_t number = intern_put(&search->keys, key, 16 + length);
    free(key);
    return number;
}

static void never_add(struct never_search *search, const struct shown_line *line,
                      const struct stack_use *use)
{
    struct never_freed *never = search->never;
    uint32_t function = intern_put(&search->functions, line->function, strlen(line->function));
    uint32_t number = never_key(search, function, line);

    if (number == never->count) {
        memory_reserve(never->places, never->count, search->capacity);
        never->places[never->count++] =
            (struct never_freed_place){.line = *line, .function = function};
    }
    never->places[number].blocks += use->allocations;
    never->places[number].bytes += use->bytes_allocated;
    never->places[number].frees += use->frees;
}

static void never_count_neighbours(struct never_search *search)
{
    struct never_freed *never = search->never;
    size_t functions = search->functions.count + (size_t)1;

    search->places = memory_zeroed(functions, sizeof *search->places);
    search->freeing = memory_zeroed(functions, sizeof *search->freeing);
    for (uint32_t i = 0; i < never->count; i++) {
        search->places[never->places[i].function]++;
        search->freeing[never->places[i].function] += never->places[i].frees > 0;
    }
    for (uint32_t i = 0; i < never->count; i++) {
        never->places[i].places = search->places[never->places[i].function];
        never->places[i].freeing = search->freeing[never->places[i].function];
    }
    free(search->places);
    free(search->freeing);
}

static int never_compare(const void *left, const void *right)
{
    const struct never_freed_place *a = left, *b = right;

    if (a->bytes != b->bytes)
        return a->bytes > b->bytes ? -1 : 1;
    return (a->line.address > b->line.address) - (a->line.address < b->line.address);
}

static void never_keep(struct never_freed *never)
{
    uint32_t count = 0;

    for (uint32_t i = 0; i < never->count; i++)
        if (never->places[i].frees == 0 && never->places[i].freeing > 0)
            never->places[count++] = never->places[i];
    never->count = count;
    if (count)
        qsort(never->places, count, sizeof *never->places, never_compare);
}

bool never_freed_place(struct shown_line *line, const struct options *options,
                       struct owners *owners, const struct model *model, uint32_t stack)
{
    struct shown_stack shown;
    struct shown_line each;
    bool is_outside = false;

    if (!own_stack_culprit(line, owners, stack) || !own_frame_is_allocator(line->function))
        return line->function != NULL;
    shown_stack_begin(&shown, options, model, stack);
    while (shown_stack_next(&shown, &each)) {
        if (is_outside && each.function && !own_frame_is_allocator(each.function)) {
            *line = each;
            return true;
        }
        is_outside = is_outside || each.address == line->address;
    }
    return true;
}

void never_freed_find(struct never_freed *never, const struct options *options,
                      const struct model *model)
{
    struct never_search search = {.never = never};
    struct owners owners;

    *never = (struct never_freed){0};
    if (!model->usage)
        return;
    owners_begin(&owners, options, model);
    for (uint32_t i = 0; i < model->usage->stack_count && i < model_stack_count(model); i++) {
        const struct stack_use *use = &model->usage->stacks[i];
        struct shown_line line;

        if (use->allocations && !(model->left_out && model->left_out[i]) &&
            never_freed_place(&line, options, &owners, model, i))
            never_add(&search, &line, use);
    }
    never_count_neighbours(&search);
    never_keep(never);
    owners_end(&owners);
    intern_free(&search.keys);
    intern_free(&search.functions);
}

void never_freed_free(struct never_freed *never)
{
    free(never->places);
}
