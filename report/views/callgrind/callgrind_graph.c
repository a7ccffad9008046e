#include "views/callgrind/callgrind_graph.h"
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/field_text.h"
#include "base/memory.h"
#include "judge/call_tree.h"

enum { CALLGRIND_OBJECT, CALLGRIND_FILE, CALLGRIND_FUNCTION, CALLGRIND_KINDS };

/* A frame is that of many nodes: its texts are made once. */
struct callgrind_frame {
    bool known;
    unsigned line;
    uint32_t module;
    uint32_t names[CALLGRIND_KINDS];
};
struct callgrind {
    FILE *out;
    const struct call_tree *tree;
    const struct callgrind_events *events;
    uint64_t **self;  /* of each event, by node */
    uint64_t **whole; /* with all below it */
    struct callgrind_frame *frames;
    struct intern names[CALLGRIND_KINDS];
    bool *written[CALLGRIND_KINDS]; /* by the names */
};

/* --- names --------------------------------------------------------------- */

static uint32_t callgrind_name(struct callgrind *graph, unsigned kind, const char *text)
{
    return intern_put(&graph->names[kind], text, strlen(text) + 1);
}

static const struct callgrind_frame *callgrind_frame(struct callgrind *graph, uint32_t number)
{
    struct callgrind_frame *frame = &graph->frames[number];

    if (frame->known)
        return frame;
    struct call_position at = call_tree_position(graph->tree, number);
    char *name = call_tree_name(graph->tree, number);

    *frame = (struct callgrind_frame){true, at.line, at.module_number, {0}};
    frame->names[CALLGRIND_OBJECT] =
        callgrind_name(graph, CALLGRIND_OBJECT, *at.module ? at.module : "???");
    frame->names[CALLGRIND_FILE] = callgrind_name(graph, CALLGRIND_FILE, at.path ? at.path : "???");
    frame->names[CALLGRIND_FUNCTION] = callgrind_name(graph, CALLGRIND_FUNCTION, name);
    free(name);
    return frame;
}

/* "fn=(7) name" where it is new, "fn=(7)" later. */
static void callgrind_put_name(struct callgrind *graph, unsigned kind, const char *key,
                               uint32_t number)
{
    fprintf(graph->out, "%s=(%" PRIu32 ")", key, number + 1);
    if (!graph->written[kind][number]) {
        putc(' ', graph->out);
        field_text_put(graph->out, intern_get(&graph->names[kind], number, NULL), "", "");
        graph->written[kind][number] = true;
    }
    putc('\n', graph->out);
}

/* Functions of one name in two files or modules are two. */
static void callgrind_put_position(struct callgrind *graph, uint32_t frame, bool is_called)
{
    static const char *const keys[2][CALLGRIND_KINDS] = {{"ob", "fl", "fn"}, {"cob", "cfi", "cfn"}};

    for (unsigned kind = 0; kind < CALLGRIND_KINDS; kind++)
        callgrind_put_name(graph, kind, keys[is_called][kind],
                           callgrind_frame(graph, frame)->names[kind]);
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

static bool callgrind_is_same_function(struct callgrind *graph, uint32_t one, uint32_t other)
{
    const struct callgrind_frame *a = callgrind_frame(graph, one);
    const struct callgrind_frame *b = callgrind_frame(graph, other);

    return a->names[CALLGRIND_FUNCTION] == b->names[CALLGRIND_FUNCTION] && a->module == b->module;
}

/* What a node costs by itself, and the call that led to it, which is a cost of its caller. */
static void callgrind_put_node(struct callgrind *graph, uint32_t number)
{
    struct call_node node = call_tree_node(graph->tree, number);

    if (callgrind_has_cost(graph, graph->self, number)) {
        callgrind_put_position(graph, node.frame, false);
        callgrind_put_costs(graph, callgrind_frame(graph, node.frame)->line, graph->self, number);
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
            callgrind_frame(graph, node.frame)->line);
    callgrind_put_costs(graph, callgrind_frame(graph, caller)->line, graph->whole, number);
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
        callgrind_put_name(graph, CALLGRIND_FUNCTION, "fn",
                           callgrind_name(graph, CALLGRIND_FUNCTION, "(unknown)"));
        callgrind_put_costs(graph, 0, graph->self, 0);
    }
    callgrind_put_totals(graph);
}

static bool callgrind_is_cut(const struct model *model)
{
    for (uint32_t i = 0; i < model_stack_count(model); i++)
        if (model_stack(model, i).end == STACK_LONGER)
            return true;
    return false;
}

static void callgrind_put_head(FILE *out, const struct report *report, bool says_cut)
{
    const struct model *model = report->model;

    if (says_cut && callgrind_is_cut(model))
        fprintf(out, "desc: Callers beyond frame %u are left out: --num-callers\n",
                report->options->num_callers);
    fprintf(out, "pid: %" PRIu32 "\ncmd: ", model->header.pid);
    field_text_put(out, model->command ? model->command : "", "", "");
    fprintf(out, "\npart: 1\npositions: line\n");
}

/* A frame has one new name of each kind at most; one more is that of no frame. */
static void callgrind_begin_names(struct callgrind *graph)
{
    graph->frames = memory_zeroed(graph->tree->frames.count, sizeof *graph->frames);
    for (unsigned kind = 0; kind < CALLGRIND_KINDS; kind++)
        graph->written[kind] =
            memory_zeroed(graph->tree->frames.count + 1, sizeof *graph->written[kind]);
}

static void callgrind_free(struct callgrind *graph)
{
    for (unsigned event = 0; event < graph->events->count; event++) {
        free(graph->self[event]);
        free(graph->whole[event]);
    }
    free(graph->self);
    free(graph->whole);
    free(graph->frames);
    for (unsigned kind = 0; kind < CALLGRIND_KINDS; kind++) {
        free(graph->written[kind]);
        intern_free(&graph->names[kind]);
    }
}

void callgrind_graph(FILE *out, const struct report *report, const struct callgrind_events *events)
{
    struct call_tree tree;
    struct callgrind graph = {.out = out, .tree = &tree, .events = events};

    if (events->as_valgrind)
        call_tree_make(&tree, report->model, report->options->show_below_main);
    else
        call_tree_make_with_ends(&tree, report->model, report->options->show_below_main);
    graph.self = memory_zeroed(events->count, sizeof *graph.self);
    graph.whole = memory_zeroed(events->count, sizeof *graph.whole);
    callgrind_begin_names(&graph);
    callgrind_measure(&graph);
    callgrind_put_head(out, report, events->as_valgrind);
    callgrind_put_events(out, events);
    callgrind_put_graph(&graph);
    callgrind_free(&graph);
    call_tree_free(&tree);
}
