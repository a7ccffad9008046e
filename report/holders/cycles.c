#include "holders/cycles.h"
#include <stdlib.h>
#include <string.h>
#include "base/intern.h"
#include "base/memory.h"
#include "holders/components.h"

#define CYCLE_NONE UINT32_MAX
enum { CYCLE_MEMBERS_MAX = 4096 }; /* of larger ones no end is looked for */

/* The lost blocks and their pointers to one another. */
struct cycle_search {
    const struct model *model;
    uint32_t *node;                 /* by block; CYCLE_NONE: it is not lost */
    uint32_t *block;                /* by node */
    uint32_t *first, *to, *pointer; /* edges: to a node, by a pointer of the graph */
    struct flow flow;
    uint32_t *component;    /* by node */
    uint32_t *member_first; /* by component, into members */
    uint32_t *members;      /* nodes */
    uint32_t *before, *by;  /* of the search in breadth: node, edge */
    uint32_t *queue;
    uint64_t *bytes, *blocks; /* by node: what is lost through a head, with itself */
    struct intern shapes;     /* number → of cycles */
};

static bool cycle_is_lost(const struct block *block)
{
    return block->kind == BLOCK_DEFINITELY_LOST || block->kind == BLOCK_INDIRECTLY_LOST;
}

/* --- the lost blocks alone ----------------------------------------------- */

static void cycle_number_blocks(struct cycle_search *search)
{
    const struct model *model = search->model;
    uint32_t count = model->graph->count;

    search->node = memory_resized(NULL, count + (size_t)1, sizeof *search->node);
    search->block = memory_resized(NULL, count + (size_t)1, sizeof *search->block);
    for (uint32_t b = 0; b < count; b++) {
        bool lost = cycle_is_lost(&model->blocks[b]);

        search->node[b] = lost ? search->flow.count : CYCLE_NONE;
        if (lost)
            search->block[search->flow.count++] = b;
    }
}

static void cycle_take_edges(struct cycle_search *search)
{
    const struct graph *graph = search->model->graph;
    uint32_t nodes = search->flow.count, count = 0, all = 0;

    for (uint32_t v = 0; v < nodes; v++)
        all += graph->first[search->block[v] + 1] - graph->first[search->block[v]];
    search->first = memory_resized(NULL, nodes + (size_t)1, sizeof *search->first);
    search->to = memory_resized(NULL, all + (size_t)1, sizeof *search->to);
    search->pointer = memory_resized(NULL, all + (size_t)1, sizeof *search->pointer);
    for (uint32_t v = 0; v < nodes; v++) {
        uint32_t b = search->block[v];

        search->first[v] = count;
        for (uint32_t p = graph->first[b]; p < graph->first[b + 1]; p++)
            if (search->node[graph->to[p]] != CYCLE_NONE) {
                search->to[count] = search->node[graph->to[p]];
                search->pointer[count++] = p;
            }
    }
    search->first[nodes] = count;
    search->flow.first = search->first;
    search->flow.to = search->to;
}

static void cycle_find_components(struct cycle_search *search)
{
    uint32_t nodes = search->flow.count;

    search->component = memory_resized(NULL, nodes + (size_t)1, sizeof *search->component);
    uint32_t count = components_find(&search->flow, search->component);
    search->member_first = memory_zeroed(count + (size_t)2, sizeof *search->member_first);
    search->members = memory_resized(NULL, nodes + (size_t)1, sizeof *search->members);
    for (uint32_t v = 0; v < nodes; v++)
        search->member_first[search->component[v] + 2]++;
    for (uint32_t c = 0; c < count; c++)
        search->member_first[c + 2] += search->member_first[c + 1];
    for (uint32_t v = 0; v < nodes; v++)
        search->members[search->member_first[search->component[v] + 1]++] = v;
}

static void cycle_sum_up(struct cycle_search *search)
{
    const struct model *model = search->model;

    search->bytes = memory_zeroed(search->flow.count + (size_t)1, sizeof *search->bytes);
    search->blocks = memory_zeroed(search->flow.count + (size_t)1, sizeof *search->blocks);
    for (uint32_t v = 0; v < search->flow.count; v++) {
        const struct block *block = &model->blocks[search->block[v]];
        uint32_t head = block->head == BLOCK_NO_HEAD ? v : search->node[block->head];

        if (head == CYCLE_NONE)
            continue;
        search->bytes[head] += block->size;
        search->blocks[head]++;
    }
}

/* --- one cycle ----------------------------------------------------------- */

/* The edge that closes the shortest way from the head back to it; CYCLE_NONE: there is none. */
static uint32_t cycle_search_way(struct cycle_search *search, uint32_t head)
{
    uint32_t read = 0, count = 0, component = search->component[head];

    search->queue[count++] = head;
    search->before[head] = head;
    while (read < count) {
        uint32_t v = search->queue[read++];

        for (uint32_t e = search->first[v]; e < search->first[v + 1]; e++) {
            uint32_t to = search->to[e];

            if (to == head) {
                search->before[head] = v;
                return e;
            }
            if (search->component[to] != component || search->before[to] != CYCLE_NONE)
                continue;
            search->before[to] = v;
            search->by[to] = e;
            search->queue[count++] = to;
        }
    }
    return CYCLE_NONE;
}

static struct cycle_step cycle_step(const struct cycle_search *search, uint32_t node, uint32_t edge)
{
    const struct graph *graph = search->model->graph;
    uint32_t block = search->block[node], pointer = search->pointer[edge];
    uint64_t start = search->model->blocks[block].address;

    return (struct cycle_step){block, (start / 8 + graph->place[pointer]) * 8 - start,
                               graph->inside[pointer]};
}

/* From the last block backwards, then turned. */
static void cycle_take_steps(const struct cycle_search *search, struct cycle *cycle, uint32_t head,
                             uint32_t closing)
{
    uint32_t capacity = 0, v = search->before[head], edge = closing;

    for (;;) {
        memory_reserve(cycle->steps, cycle->step_count, capacity);
        cycle->steps[cycle->step_count++] = cycle_step(search, v, edge);
        if (v == head)
            break;
        edge = search->by[v];
        v = search->before[v];
    }
    for (uint32_t i = 0; i < cycle->step_count / 2; i++) {
        struct cycle_step swap = cycle->steps[i];

        cycle->steps[i] = cycle->steps[cycle->step_count - 1 - i];
        cycle->steps[cycle->step_count - 1 - i] = swap;
    }
}

static void cycle_forget_way(struct cycle_search *search, uint32_t head)
{
    uint32_t component = search->component[head];

    for (uint32_t m = search->member_first[component]; m < search->member_first[component + 1]; m++)
        search->before[search->members[m]] = CYCLE_NONE;
}

/* --- what ends it -------------------------------------------------------- */

static bool cycle_goes_to(const struct cycle_search *search, uint32_t from, uint64_t offset,
                          uint32_t to)
{
    for (uint32_t e = search->first[from]; e < search->first[from + 1]; e++)
        if (search->to[e] == to && cycle_step(search, from, e).offset == offset)
            return true;
    return false;
}

/* An edge at the place of the step, in a block of the same stack; or beside it, to the same block:
 * a shared_ptr has two pointers, to the object and to its count. */
static bool cycle_is_at(const struct cycle_search *search, uint32_t from, uint32_t edge,
                        const struct cycle_step *step)
{
    const struct block *blocks = search->model->blocks;

    return blocks[search->block[from]].stack == blocks[step->block].stack &&
           cycle_goes_to(search, from, step->offset, search->to[edge]);
}

/* Nodes of the component to which nothing leads any more are taken out until none is left, or the
 * rest leads to itself. `before` counts who leads to each. */
static bool cycle_ends_without(struct cycle_search *search, uint32_t component,
                               const struct cycle_step *step)
{
    uint32_t begin = search->member_first[component], end = search->member_first[component + 1];
    uint32_t read = 0, count = 0;

    for (uint32_t m = begin; m < end; m++)
        search->before[search->members[m]] = 0;
    for (uint32_t m = begin; m < end; m++)
        for (uint32_t v = search->members[m], e = search->first[v]; e < search->first[v + 1]; e++)
            if (search->component[search->to[e]] == component && !cycle_is_at(search, v, e, step))
                search->before[search->to[e]]++;
    for (uint32_t m = begin; m < end; m++)
        if (search->before[search->members[m]] == 0)
            search->queue[count++] = search->members[m];
    while (read < count) {
        uint32_t v = search->queue[read++];

        for (uint32_t e = search->first[v]; e < search->first[v + 1]; e++)
            if (search->component[search->to[e]] == component && !cycle_is_at(search, v, e, step) &&
                --search->before[search->to[e]] == 0)
                search->queue[count++] = search->to[e];
    }
    return count == end - begin;
}

/* The pointer back to the owner comes first: it is the one that is weak elsewhere. */
static uint32_t cycle_find_end(struct cycle_search *search, const struct cycle *cycle,
                               uint32_t component)
{
    if (cycle->members > CYCLE_MEMBERS_MAX)
        return UINT32_MAX;
    for (uint32_t i = cycle->step_count; i-- > 0;)
        if (cycle_ends_without(search, component, &cycle->steps[i]))
            return i;
    return UINT32_MAX;
}

/* --- all of them --------------------------------------------------------- */

static uint32_t cycle_shape(struct cycle_search *search, const struct cycle *cycle)
{
    uint64_t *key = memory_resized(NULL, 3 * cycle->step_count + (size_t)1, sizeof *key);
    size_t size = 0;

    for (uint32_t i = 0; i < cycle->step_count; i++) {
        key[size++] = search->model->blocks[cycle->steps[i].block].stack;
        key[size++] = cycle->steps[i].offset;
        key[size++] = cycle->steps[i].inside;
    }
    key[size++] = cycle->members;
    uint32_t number = intern_put(&search->shapes, key, size * sizeof *key);
    free(key);
    return number;
}

static void cycle_add(struct cycles *cycles, struct cycle_search *search, uint32_t head)
{
    uint32_t component = search->component[head], closing = cycle_search_way(search, head);
    struct cycle cycle = {.members = search->member_first[component + 1] -
                                     search->member_first[component]};

    if (closing != CYCLE_NONE)
        cycle_take_steps(search, &cycle, head, closing);
    cycle_forget_way(search, head);
    if (closing == CYCLE_NONE)
        return;
    uint32_t number = cycle_shape(search, &cycle);
    if (number == cycles->count) {
        memory_reserve(cycles->cycles, cycles->count, cycles->capacity);
        cycle.ends_at = cycle_find_end(search, &cycle, component);
        cycle_forget_way(search, head);
        cycles->cycles[cycles->count++] = cycle;
    } else {
        free(cycle.steps);
    }
    cycles->cycles[number].count++;
    cycles->cycles[number].bytes += search->bytes[head];
    cycles->cycles[number].blocks += search->blocks[head];
}

static int cycle_compare(const void *left, const void *right)
{
    const struct cycle *a = left, *b = right;

    if (a->bytes != b->bytes)
        return (a->bytes < b->bytes) - (a->bytes > b->bytes);
    return (a->steps[0].block > b->steps[0].block) - (a->steps[0].block < b->steps[0].block);
}

static void cycle_search_begin(struct cycle_search *search)
{
    cycle_number_blocks(search);
    cycle_take_edges(search);
    cycle_find_components(search);
    cycle_sum_up(search);
    size_t size = search->flow.count + (size_t)1;
    search->before = memory_resized(NULL, size, sizeof *search->before);
    search->by = memory_resized(NULL, size, sizeof *search->by);
    search->queue = memory_resized(NULL, size, sizeof *search->queue);
    memset(search->before, 0xff, size * sizeof *search->before);
}

static void cycle_search_end(struct cycle_search *search)
{
    free(search->node);
    free(search->block);
    free(search->first);
    free(search->to);
    free(search->pointer);
    free(search->component);
    free(search->member_first);
    free(search->members);
    free(search->before);
    free(search->by);
    free(search->queue);
    free(search->bytes);
    free(search->blocks);
    intern_free(&search->shapes);
}

void cycles_find(struct cycles *cycles, const struct model *model)
{
    struct cycle_search search = {.model = model};

    *cycles = (struct cycles){0};
    if (!model->graph || !model->has_verdicts)
        return;
    cycle_search_begin(&search);
    for (uint32_t v = 0; v < search.flow.count; v++)
        if (model->blocks[search.block[v]].kind == BLOCK_DEFINITELY_LOST)
            cycle_add(cycles, &search, v);
    cycle_search_end(&search);
    if (cycles->count)
        qsort(cycles->cycles, cycles->count, sizeof *cycles->cycles, cycle_compare);
}

void cycles_symbolize(const struct cycles *cycles, const struct model *model,
                      struct symbolizer *symbolizer)
{
    for (uint32_t i = 0; i < cycles->count; i++)
        for (uint32_t k = 0; k < cycles->cycles[i].step_count; k++)
            symbolize_stack(symbolizer, model->blocks[cycles->cycles[i].steps[k].block].stack);
}

void cycles_free(struct cycles *cycles)
{
    for (uint32_t i = 0; i < cycles->count; i++)
        free(cycles->cycles[i].steps);
    free(cycles->cycles);
    *cycles = (struct cycles){0};
}
