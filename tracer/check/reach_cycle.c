#include "check/reach_cycle.h"

/* A block's state, as in reach.c, and a bit of our own: the block leads to its head. */
#define KIND  3u
#define LEADS 0x80u

/* Every second one from the highest address downwards, so that a ring takes two whichever way it
 * goes. What a ring without order has not shown by then stays unknown. */
#define PASSES_MAX 16u

static unsigned kind_of(const struct reach *reach, uint32_t index)
{
    return reach->states[index] & KIND;
}

static bool is_cyclic_head(const struct reach *reach, uint32_t index)
{
    return kind_of(reach, index) == TRACE_DEFINITELY_LOST && reach->pointers[index] != 0;
}

static bool mark_heads(struct reach *reach)
{
    bool any = false;
    for (uint32_t k = 0; k < reach->n; k++)
        if (is_cyclic_head(reach, k)) {
            reach->states[k] |= LEADS;
            any = true;
        }
    return any;
}

/* --- who leads to his head ----------------------------------------------- */

static void tell(void *context, const struct reach_pointer *pointer)
{
    struct reach *reach = context;
    uint32_t from = pointer->holder, to = pointer->index;
    if (reach->states[to] & LEADS && reach->heads[from] == reach->heads[to])
        reach->states[from] |= LEADS;
}

/* Whether one more was found. */
static bool look_at(struct reach *reach, uint32_t k)
{
    if (kind_of(reach, k) != TRACE_INDIRECTLY_LOST || reach->states[k] & LEADS ||
        !is_cyclic_head(reach, reach->heads[k]))
        return false;
    reach_tell_block(reach, k);
    return reach->states[k] & LEADS;
}

static bool pass(struct reach *reach, bool downwards)
{
    bool found = false;
    for (uint32_t k = 0; k < reach->n; k++)
        found |= look_at(reach, downwards ? reach->n - 1 - k : k);
    return found;
}

/* --- the new heads ------------------------------------------------------- */

/* heads of a head is the best of its cycle meanwhile. */
static void choose(struct reach *reach, uint32_t (*age)(const struct trace_block *block))
{
    for (uint32_t k = 0; k < reach->n; k++) {
        if (!(reach->states[k] & LEADS) || kind_of(reach, k) != TRACE_INDIRECTLY_LOST)
            continue;
        uint32_t *best = &reach->heads[reach->heads[k]];
        if (age(&reach->blocks[k]) < age(&reach->blocks[*best]))
            *best = k;
    }
}

static void set_kind(struct reach *reach, uint32_t index, enum trace_leak_kind kind)
{
    reach->states[index] = (uint8_t)((reach->states[index] & ~KIND) | kind);
}

static void follow_heads(struct reach *reach)
{
    for (uint32_t k = 0; k < reach->n; k++)
        if (kind_of(reach, k) == TRACE_INDIRECTLY_LOST)
            reach->heads[k] = reach->heads[reach->heads[k]];
}

/* Behind follow_heads: what hung on the old head hangs on the new one. */
static void change_places(struct reach *reach)
{
    for (uint32_t k = 0; k < reach->n; k++) {
        uint32_t head = reach->heads[k];
        if (kind_of(reach, k) != TRACE_DEFINITELY_LOST || head == k)
            continue;
        set_kind(reach, k, TRACE_INDIRECTLY_LOST);
        set_kind(reach, head, TRACE_DEFINITELY_LOST);
        reach->heads[head] = head;
    }
}

static void forget_marks(struct reach *reach)
{
    for (uint32_t k = 0; k < reach->n; k++)
        reach->states[k] &= (uint8_t)~LEADS;
}

void reach_cycle_choose(struct reach *reach, uint32_t (*age)(const struct trace_block *block))
{
    if (!mark_heads(reach))
        return;
    reach_tell_begin(reach, tell, reach);
    for (unsigned i = 0; i < PASSES_MAX && pass(reach, i % 2 == 0); i++)
        ;
    choose(reach, age);
    follow_heads(reach);
    change_places(reach);
    forget_marks(reach);
}
