#include "read/load_graph.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/sorted.h"

#define GRAPH_POINTERS_MAX (1u << 31)
#define GRAPH_ROOTS_MAX    (1u << 30)

/* Words that reach puts where there is no address: see reach_state.h. */
#define GRAPH_IN_REGISTER 1u
#define GRAPH_IN_USE      2u

struct graph_reading {
    struct graph *graph;
    const unsigned char *next, *end;
    uint64_t target, holder, place, word;
    bool damaged;
};

void graph_free(struct graph *graph)
{
    if (!graph)
        return;
    free(graph->first);
    free(graph->to);
    free(graph->place);
    free(graph->inside);
    free(graph->words);
    free(graph->roots);
    free(graph->facts);
    free(graph);
}

/* --- numbers ------------------------------------------------------------- */

static uint64_t graph_number(struct graph_reading *reading)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 64 && reading->next < reading->end; shift += 7) {
        unsigned char byte = *reading->next++;

        number |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return number;
    }
    reading->damaged = true;
    return 0;
}

static uint64_t graph_signed(uint64_t number)
{
    return number & 1 ? ~(number >> 1) : number >> 1;
}

static uint32_t graph_narrow(uint64_t number)
{
    return number < UINT32_MAX ? (uint32_t)number : UINT32_MAX;
}

/* The block that a pointer leads to, and how far into it. */
static bool graph_target(struct graph_reading *reading, bool interior, uint32_t *inside)
{
    reading->target += graph_signed(graph_number(reading));
    *inside = interior ? graph_narrow(graph_number(reading)) : 0;
    if (reading->target >= reading->graph->count)
        reading->damaged = true;
    return !reading->damaged;
}

/* --- pointers ------------------------------------------------------------ */

static void graph_add(struct graph *graph, uint64_t place, uint32_t to, uint32_t inside)
{
    uint32_t count = graph->first[graph->count];

    if (count == graph->capacity) {
        graph->capacity = graph->capacity ? graph->capacity + graph->capacity / 2 : 1024;
        graph->to = memory_resized(graph->to, graph->capacity, sizeof *graph->to);
        graph->place = memory_resized(graph->place, graph->capacity, sizeof *graph->place);
        graph->inside = memory_resized(graph->inside, graph->capacity, sizeof *graph->inside);
    }
    graph->to[count] = to;
    graph->place[count] = graph_narrow(place);
    graph->inside[count] = inside;
    graph->first[graph->count] = count + 1;
}

static void graph_add_root(struct graph *graph, uint64_t at, uint32_t to, uint32_t inside)
{
    memory_reserve(graph->roots, graph->root_count, graph->root_capacity);
    graph->roots[graph->root_count++] = (struct graph_root){at, to, inside};
}

static void graph_read_roots(struct graph_reading *reading)
{
    uint64_t at = 0, head;
    uint32_t inside;

    while ((head = graph_number(reading)) >> 1 != 0) {
        at += graph_signed(head >> 1);
        if (!graph_target(reading, head & 1, &inside) ||
            reading->graph->root_count == GRAPH_ROOTS_MAX)
            return;
        graph_add_root(reading->graph, at * 8, (uint32_t)reading->target, inside);
    }
}

/* Up to the block `holder`, whose pointers come next, all have their beginning. */
static void graph_go_to(struct graph_reading *reading, uint64_t holder)
{
    struct graph *graph = reading->graph;

    while (reading->holder != holder)
        graph->first[++reading->holder] = graph->first[graph->count];
}

static void graph_read_first(struct graph_reading *reading, uint64_t step)
{
    struct graph *graph = reading->graph;

    reading->word += graph_signed(graph_number(reading)) * 8;
    if (reading->damaged || step == 0)
        return;
    graph_go_to(reading, reading->holder + step);
    reading->place = 0;
    memory_reserve(graph->words, graph->word_count, graph->word_capacity);
    graph->words[graph->word_count++] =
        (struct graph_word){(uint32_t)reading->holder, reading->word};
}

static void graph_read_pointer(struct graph_reading *reading, uint64_t step, bool interior)
{
    uint64_t place = graph_number(reading);
    uint32_t inside;

    if (!graph_target(reading, interior, &inside))
        return;
    graph_go_to(reading, reading->holder + step);
    reading->place = step ? place : reading->place + place;
    graph_add(reading->graph, reading->place, (uint32_t)reading->target, inside);
}

/* first[count] counts the pointers meanwhile: of the last block it is the end anyhow. */
static void graph_read_blocks(struct graph_reading *reading)
{
    struct graph *graph = reading->graph;

    reading->holder = UINT64_MAX;
    while (!reading->damaged && reading->next < reading->end) {
        uint64_t head = graph_number(reading), step = head >> 2;

        if (step > graph->count || reading->holder + step >= graph->count ||
            graph->first[graph->count] == GRAPH_POINTERS_MAX)
            reading->damaged = true;
        if (reading->damaged)
            break;
        if ((head & 3) == TRACE_POINTER_TO_MODULE)
            graph_read_first(reading, step);
        else
            graph_read_pointer(reading, step, head & 1);
    }
    if (graph->count)
        graph_go_to(reading, graph->count - 1);
}

static void graph_read_facts(const struct log_reader *reader, struct graph *graph)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_ROOTS);
    struct trace_root fact;

    while (log_reader_next(&walk, &fact)) {
        if (fact.begin >= fact.end || fact.kind == 0 || fact.kind >= TRACE_ROOT_KINDS)
            continue;
        fact.name[sizeof fact.name - 1] = '\0';
        memory_reserve(graph->facts, graph->fact_count, graph->fact_capacity);
        graph->facts[graph->fact_count++] = fact;
    }
}

static void graph_read(const struct log_reader *reader, const struct log_extent *extent,
                       struct model *model)
{
    struct graph_reading reading = {
        .graph = model->graph, .next = extent->bytes, .end = extent->bytes + extent->count};

    graph_read_roots(&reading);
    graph_read_blocks(&reading);
    graph_read_facts(reader, model->graph);
    if (reading.damaged)
        model_add_note(model, NOTE_POINTERS_DAMAGED, 0, NULL, NULL);
}

/* --- from the verdicts --------------------------------------------------- */

/* The block that holds the address, or UINT32_MAX. */
static uint32_t graph_block_at(const struct model *model, uint64_t address)
{
    size_t low = sorted_until(model->blocks, model->block_count, address, address);

    if (low == 0 || address - model->blocks[low - 1].address >= model->blocks[low - 1].size)
        return UINT32_MAX;
    return (uint32_t)(low - 1);
}

static uint64_t graph_root_address(uint64_t pointer_at)
{
    if (pointer_at == GRAPH_IN_REGISTER)
        return TRACE_ROOT_REGISTERS;
    return pointer_at == GRAPH_IN_USE ? TRACE_ROOT_IN_USE : pointer_at;
}

struct graph_first {
    uint32_t holder, to;
    uint64_t place;
};

static int graph_compare(const void *left, const void *right)
{
    const struct graph_first *a = left, *b = right;

    return (a->holder > b->holder) - (a->holder < b->holder);
}

/* How far into the block a pointer leads that was seen first nobody knows: GRAPH_INSIDE stands for
 * it.
 */
static size_t graph_collect(struct model *model, struct graph_first *found)
{
    size_t count = 0;

    for (uint32_t b = 0; b < model->graph->count; b++) {
        uint64_t at = model->blocks[b].pointer_at;
        uint32_t holder = at ? graph_block_at(model, at) : UINT32_MAX;

        if (at && holder == UINT32_MAX)
            graph_add_root(model->graph, graph_root_address(at), b,
                           model->blocks[b].interior ? GRAPH_INSIDE : 0);
        else if (at)
            found[count++] =
                (struct graph_first){holder, b, at / 8 - model->blocks[holder].address / 8};
    }
    return count;
}

static void graph_read_verdicts(struct model *model)
{
    struct graph *graph = model->graph;
    struct graph_reading reading = {.graph = graph, .holder = UINT64_MAX};
    struct graph_first *found = memory_resized(NULL, graph->count + 1u, sizeof *found);
    size_t count = graph_collect(model, found);

    graph->is_partial = true;
    qsort(found, count, sizeof *found, graph_compare);
    for (size_t i = 0; i < count; i++) {
        graph_go_to(&reading, found[i].holder);
        graph_add(graph, found[i].place, found[i].to,
                  model->blocks[found[i].to].interior ? GRAPH_INSIDE : 0);
    }
    if (graph->count)
        graph_go_to(&reading, graph->count - 1);
    free(found);
}

void load_graph(const struct log_reader *reader, struct model *model)
{
    uint32_t count;
    const struct log_extent *extent = log_reader_extents(reader, TRACE_POINTERS, &count);
    struct graph *graph = memory_zeroed(1, sizeof *graph);

    model->graph = graph;
    graph->count = model->has_verdicts ? (uint32_t)model->block_count : 0;
    graph->first = memory_zeroed(graph->count + 1u, sizeof *graph->first);
    if (count)
        graph_read(reader, extent, model);
    else
        graph_read_verdicts(model);
}
