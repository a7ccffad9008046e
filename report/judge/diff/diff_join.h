/* diff_join.h: which of one log's items (loss records, stacks, errors) is which of another's.
 *
 * Each item is paired with one other at most. Items whose stacks have the same key in the strict
 * sense are paired first; then, with less strict ones (where code was rebuilt, the same functions),
 * those with the same figures; then the rest of these, in the order of their lines. Stacks are
 * symbolized as far as names are needed.
 */
#ifndef DIFF_JOIN_H
#define DIFF_JOIN_H

#include "judge/diff/stack_keys.h"

#define DIFF_NO_TWIN UINT32_MAX
struct diff_item {
    uint32_t kind; /* items of different kinds are different */
    uint32_t stack;
    uint32_t more_stacks[2]; /* of errors; 0: none */
    uint64_t figures[3];
    uint32_t number; /* the caller's */
    uint32_t twin;   /* result: its number on the other side, or DIFF_NO_TWIN */
};
struct diff_items {
    struct diff_item *items;
    uint32_t count, capacity;
};

void diff_items_add(struct diff_items *items, struct diff_item item);
void diff_items_free(struct diff_items *items);

/* frames: of a stack so many count. */
void diff_join(struct stack_keys *keys, struct diff_items sides[STACK_KEYS_SIDES], uint32_t frames);

#endif
