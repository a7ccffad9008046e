#include "views/callgrind/callgrind_graph.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/field_text.h"
#include "base/memory.h"
#include "judge/call_tree.h"

struct callgrind {
    FILE *out;
    const struct call_tree *tree;
    const struct callgrind_events *events;
    uint64_t **self;        /* of each event, by node */
    uint64_t **whole;       /* with all below it */
    struct intern names[3]; /* of objects, files, functions: those that were written */
};
enum { CALLGRIND_OBJECT, CALLGRIND_FILE, CALLGRIND_FUNCTION };

/* --- names --------------------------------------------------------------- */

/* "fn=(7) name" where it is new, "fn=(7)" later. */
static void callgrind_put_name(struct callgrind *graph, unsigned kind, const char *key,
                               const char *text)
{
    struct intern *names = &graph->names[kind];
    uint32_t count = names->count, number = intern_put(names, text, strlen(text) + 1);

    fprintf(graph->out, "%s=(%" PRIu32 ")", key, number + 1);
    if (number == count) {
        putc(' ', graph->out);
        field_text_put(graph->out, text, "", "");
    }
    putc('\n', graph->out);
}

/* Functions of one name in two files or modules are two. */
static void callgrind_put_position(struct callgrind *graph, uint32_t frame, bool is_called)
{
    struct call_position at = call_tree_position(graph->tree, frame);
    const char *file = at.path ? at.path : "???";
    char *name = call_tree_name(graph->tree, frame);

    callgrind_put_name(graph, CALLGRIND_OBJECT, is_called ? "cob" : "ob",
                       *at.module ? at.module : "???");
    callgrind_put_name(graph, CALLGRIND_FILE, is_called ? "cfi" : "fl", file);
    callgrind_put_name(graph, CALLGRIND_FUNCTION, is_called ? "cfn" : "fn", name);
    free(name);
}

static void callgrind_put_costs(struct callgrind *graph, unsigned line, uint64_t *const *values,
                                uint32_t node)
{
    fprintf(graph->out, "%u", line);
    for (unsigned event = 0; event < graph->events->count; event++)
        fprintf(graph->out, " %" PRIu64, values[event][node]);
    putc('\n', graph->out);
}

/* --- the graph ----------------------------------------------------------- */

static bool callgrind_has_cost(const struct callgrind *graph, uint64_t *const *values,
                               uint32_t node)
{
    uint64_t any = 0;

    for (unsigned event = 0; event < graph->events->count; event++)
        any |= values[event][node];
    return any != 0;
}

static bool callgrind_is_same_function(const struct callgrind *graph, uint32_t one, uint32_t other)
{
    char *a = call_tree_name(graph->tree, one), *b = call_tree_name(graph->tree, other);
    bool is_same = strcmp(a, b) == 0;

    free(a);
    free(b);
    return is_same && call_tree_position(graph->tree, one).module_number ==
                          call_tree_position(graph->tree, other).module_number;
}

/* What a node costs by itself, and the call that led to it, which is a cost of its caller. */
static void callgrind_put_node(struct callgrind *graph, uint32_t number)
{
    struct call_node node = call_tree_node(graph->tree, number);

    if (callgrind_has_cost(graph, graph->self, number)) {
        callgrind_put_position(graph, node.frame, false);
        callgrind_put_costs(graph, call_tree_position(graph->tree, node.frame).line, graph->self,
                            number);
    }
    if (!node.parent || !callgrind_has_cost(graph, graph->whole, number))
        return;
    uint32_t caller = call_tree_node(graph->tree, node.parent).frame;
    if (callgrind_is_same_function(graph, caller, node.frame))
        return;
    int event = graph->events->calls;
    uint64_t calls = event < 0 ? 0 : graph->whole[event][number];
    callgrind_put_position(graph, caller, false);
    callgrind_put_position(graph, node.frame, true);
    fprintf(graph->out, "calls=%" PRIu64 " %u\n", calls || event < 0 ? calls : 1,
            call_tree_position(graph->tree, node.frame).line);
    callgrind_put_costs(graph, call_tree_position(graph->tree, caller).line, graph->whole, number);
}

/* Where a stack's cost is: at its innermost frame, which may be the tracer's own. */
static uint32_t callgrind_place(const struct callgrind *graph, uint32_t stack)
{
    uint32_t node = graph->tree->stacks[stack];

    if (!node || !graph->events->without_allocators)
        return node;
    struct call_node place = call_tree_node(graph->tree, node);
    return call_tree_position(graph->tree, place.frame).is_tracer ? place.parent : node;
}

static void callgrind_measure(struct callgrind *graph)
{
    uint32_t nodes = graph->tree->node_count;

    for (unsigned event = 0; event < graph->events->count; event++) {
        const uint64_t *stacks = graph->events->stacks[event];

        graph->self[event] = memory_zeroed(nodes, sizeof **graph->self);
        for (uint32_t i = 0; stacks && i < graph->tree->stack_count; i++)
            graph->self[event][callgrind_place(graph, i)] += stacks[i];
        graph->whole[event] = memory_zeroed(nodes, sizeof **graph->whole);
        memcpy(graph->whole[event], graph->self[event], nodes * sizeof **graph->whole);
        call_tree_add_up(graph->tree, graph->whole[event]);
    }
}

static void callgrind_put_events(FILE *out, const struct callgrind_events *events)
{
    for (unsigned event = 0; event < events->count; event++)
        fprintf(out, "event: %s : %s\n", events->names[event], events->words[event]);
    fputs("events:", out);
    for (unsigned event = 0; event < events->count; event++)
        fprintf(out, " %s", events->names[event]);
    putc('\n', out);
}

static void callgrind_put_totals(const struct callgrind *graph)
{
    fputs("totals:", graph->out);
    for (unsigned event = 0; event < graph->events->count; event++)
        fprintf(graph->out, " %" PRIu64, graph->whole[event][0]);
    putc('\n', graph->out);
}

static void callgrind_put_graph(struct callgrind *graph)
{
    for (uint32_t node = 1; node < graph->tree->node_count; node++)
        callgrind_put_node(graph, node);
    if (callgrind_has_cost(graph, graph->self, 0)) {
        callgrind_put_name(graph, CALLGRIND_FUNCTION, "fn", "(unknown)");
        callgrind_put_costs(graph, 0, graph->self, 0);
    }
    callgrind_put_totals(graph);
}

static void callgrind_put_head(FILE *out, const struct model *model)
{
    fprintf(out, "pid: %" PRIu32 "\ncmd: ", model->header.pid);
    field_text_put(out, model->command ? model->command : "", "", "");
    fprintf(out, "\npart: 1\npositions: line\n");
}

void callgrind_graph(FILE *out, const struct report *report, const struct callgrind_events *events)
{
    struct call_tree tree;
    struct callgrind graph = {.out = out, .tree = &tree, .events = events};

    call_tree_make(&tree, report->model, report->options->show_below_main);
    graph.self = memory_zeroed(events->count, sizeof *graph.self);
    graph.whole = memory_zeroed(events->count, sizeof *graph.whole);
    callgrind_measure(&graph);
    callgrind_put_head(out, report->model);
    callgrind_put_events(out, events);
    callgrind_put_graph(&graph);
    for (unsigned event = 0; event < events->count; event++) {
        free(graph.self[event]);
        free(graph.whole[event]);
    }
    free(graph.self);
    free(graph.whole);
    for (unsigned kind = 0; kind < 3; kind++)
        intern_free(&graph.names[kind]);
    call_tree_free(&tree);
}
