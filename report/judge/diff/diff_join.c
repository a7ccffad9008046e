#include "judge/diff/diff_join.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "judge/shown_stack.h"

void diff_items_add(struct diff_items *items, struct diff_item item)
{
    item.twin = DIFF_NO_TWIN;
    memory_reserve(items->items, items->count, items->capacity);
    items->items[items->count++] = item;
}

void diff_items_free(struct diff_items *items)
{
    free(items->items);
    *items = (struct diff_items){0};
}

/* --- order --------------------------------------------------------------- */

struct join_order {
    const struct stack_keys *keys;
    const struct diff_items *items;
    int side;
};

/* By the lines of their stacks, innermost first: code that moves keeps its order. */
static int join_compare_lines(const struct join_order *order, uint32_t left, uint32_t right)
{
    struct shown_stack a, b;
    struct shown_line line_a, line_b;
    const struct model *model = order->keys->models[order->side];

    shown_stack_begin(&a, order->keys->options, model, left);
    shown_stack_begin(&b, order->keys->options, model, right);
    while (shown_stack_next(&a, &line_a) && shown_stack_next(&b, &line_b))
        if (line_a.number != line_b.number)
            return line_a.number < line_b.number ? -1 : 1;
    return 0;
}

static int join_compare(const void *left, const void *right, void *context)
{
    const struct join_order *order = context;
    uint32_t a = *(const uint32_t *)left, b = *(const uint32_t *)right;
    int lines = order->keys->exact ? 0
                                   : join_compare_lines(order, order->items->items[a].stack,
                                                        order->items->items[b].stack);

    return lines ? lines : (a > b) - (a < b);
}

static uint32_t *join_order(const struct stack_keys *keys, const struct diff_items *items, int side)
{
    struct join_order order = {keys, items, side};
    uint32_t *numbers = memory_resized(NULL, items->count, sizeof *numbers);

    for (uint32_t i = 0; i < items->count; i++)
        numbers[i] = i;
    if (items->count)
        qsort_r(numbers, items->count, sizeof *numbers, join_compare, &order);
    return numbers;
}

/* --- pairs --------------------------------------------------------------- */

enum join_pass { JOIN_STRICT, JOIN_FIGURES, JOIN_FUNCTIONS, JOIN_PASSES };

static uint32_t join_key(struct stack_keys *keys, int side, const struct diff_item *item,
                         uint32_t frames, enum join_pass pass)
{
    bool strict = pass == JOIN_STRICT;

    stack_keys_clear(keys);
    stack_keys_add_number(keys, item->kind << 2 | pass);
    stack_keys_add_stack(keys, side, item->stack, frames, strict);
    for (int i = 0; i < 2; i++)
        if (item->more_stacks[i])
            stack_keys_add_stack(keys, side, item->more_stacks[i], frames, strict);
    for (int i = 0; i < 3 && pass == JOIN_FIGURES; i++)
        stack_keys_add_number(keys, item->figures[i]);
    return stack_keys_number(keys);
}

/* What waits under each key, in order. */
struct join_waiting {
    uint32_t *first, *last; /* by key: an item's number and 1, 0: none */
    uint32_t *next;         /* by item */
    uint32_t key_count;
};

static void join_want_key(struct join_waiting *waiting, uint32_t key)
{
    uint32_t count = waiting->key_count;

    if (key < count)
        return;
    waiting->key_count = 2 * (key + 1);
    waiting->first = memory_resized(waiting->first, waiting->key_count, sizeof *waiting->first);
    waiting->last = memory_resized(waiting->last, waiting->key_count, sizeof *waiting->last);
    memset(waiting->first + count, 0, (waiting->key_count - count) * sizeof *waiting->first);
    memset(waiting->last + count, 0, (waiting->key_count - count) * sizeof *waiting->last);
}

static void join_wait(struct join_waiting *waiting, uint32_t key, uint32_t item)
{
    join_want_key(waiting, key);
    if (waiting->first[key])
        waiting->next[waiting->last[key] - 1] = item + 1;
    else
        waiting->first[key] = item + 1;
    waiting->last[key] = item + 1;
}

static void join_take(struct join_waiting *waiting, uint32_t key, struct diff_items *sides,
                      uint32_t now)
{
    if (key >= waiting->key_count || !waiting->first[key])
        return;
    uint32_t before = waiting->first[key] - 1;
    waiting->first[key] = waiting->next[before];
    sides[STACK_KEYS_BEFORE].items[before].twin = now;
    sides[STACK_KEYS_NOW].items[now].twin = before;
}

static void join_pass(struct stack_keys *keys, struct diff_items *sides, uint32_t *const *orders,
                      uint32_t frames, enum join_pass pass)
{
    struct diff_items *before = &sides[STACK_KEYS_BEFORE], *now = &sides[STACK_KEYS_NOW];
    struct join_waiting waiting = {.next = memory_zeroed(before->count, sizeof *waiting.next)};

    for (uint32_t i = 0; i < before->count; i++) {
        const struct diff_item *item = &before->items[orders[STACK_KEYS_BEFORE][i]];

        if (item->twin == DIFF_NO_TWIN)
            join_wait(&waiting, join_key(keys, STACK_KEYS_BEFORE, item, frames, pass),
                      orders[STACK_KEYS_BEFORE][i]);
    }
    for (uint32_t i = 0; i < now->count; i++) {
        const struct diff_item *item = &now->items[orders[STACK_KEYS_NOW][i]];

        if (item->twin == DIFF_NO_TWIN)
            join_take(&waiting, join_key(keys, STACK_KEYS_NOW, item, frames, pass), sides,
                      orders[STACK_KEYS_NOW][i]);
    }
    free(waiting.first);
    free(waiting.last);
    free(waiting.next);
}

/* Builds that differ are compared by names; others only where places differ. */
static void join_symbolize(const struct stack_keys *keys, const struct diff_items *items, int side)
{
    uint32_t *stacks = memory_resized(NULL, 3 * (size_t)items->count, sizeof *stacks), count = 0;

    for (uint32_t i = 0; i < items->count; i++)
        if (items->items[i].twin == DIFF_NO_TWIN) {
            stacks[count++] = items->items[i].stack;
            stacks[count++] = items->items[i].more_stacks[0];
            stacks[count++] = items->items[i].more_stacks[1];
        }
    symbolize_stacks(keys->symbolizers[side], stacks, count);
    free(stacks);
}

void diff_join(struct stack_keys *keys, struct diff_items sides[STACK_KEYS_SIDES], uint32_t frames)
{
    uint32_t *orders[STACK_KEYS_SIDES];

    for (int side = 0; side < STACK_KEYS_SIDES; side++) {
        if (!keys->exact)
            join_symbolize(keys, &sides[side], side);
        orders[side] = join_order(keys, &sides[side], side);
    }
    for (int pass = 0; pass < JOIN_PASSES; pass++) {
        join_pass(keys, sides, orders, frames, pass);
        for (int side = 0; side < STACK_KEYS_SIDES && pass == JOIN_STRICT; side++)
            join_symbolize(keys, &sides[side], side);
    }
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        free(orders[side]);
}
