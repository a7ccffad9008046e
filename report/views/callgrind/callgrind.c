/* The call graph with its costs, as callgrind_annotate and KCachegrind read it.
 *
 * All metrics at once, as events. A graph knows who calls whom and no more: A->B->malloc and
 * C->B->malloc are one B in it. A function that calls itself costs what it and all it calls cost,
 * once: the call to itself is left out. Where functions call each other in a circle, readers count
 * the circle's cost more than once.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "judge/call_tree.h"
#include "judge/stack_metric.h"
#include "views/renderer.h"

static const char *const callgrind_events[METRICS_COUNT] = {
    [METRIC_LOST] = "Lost",           [METRIC_IN_USE] = "InUse", [METRIC_PEAK] = "Peak",
    [METRIC_ALLOCATED] = "Allocated", [METRIC_CALLS] = "Calls",  [METRIC_TEMPORARY] = "Temporary"};

struct callgrind {
    FILE *out;
    const struct call_tree *tree;
    uint64_t *self[METRICS_COUNT];  /* by node */
    uint64_t *whole[METRICS_COUNT]; /* with all below it */
    struct intern names[3];         /* of objects, files, functions: those that were written */
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
        for (; *text; text++)
            putc((unsigned char)*text < ' ' ? ' ' : *text, graph->out);
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
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        fprintf(graph->out, " %" PRIu64, values[metric][node]);
    putc('\n', graph->out);
}

/* --- the graph ----------------------------------------------------------- */

static bool callgrind_has_cost(uint64_t *const *values, uint32_t node)
{
    uint64_t any = 0;

    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        any |= values[metric][node];
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

    if (callgrind_has_cost(graph->self, number)) {
        callgrind_put_position(graph, node.frame, false);
        callgrind_put_costs(graph, call_tree_position(graph->tree, node.frame).line, graph->self,
                            number);
    }
    if (!node.parent || !callgrind_has_cost(graph->whole, number))
        return;
    uint32_t caller = call_tree_node(graph->tree, node.parent).frame;
    if (callgrind_is_same_function(graph, caller, node.frame))
        return;
    uint64_t calls = graph->whole[METRIC_CALLS][number];
    callgrind_put_position(graph, caller, false);
    callgrind_put_position(graph, node.frame, true);
    fprintf(graph->out, "calls=%" PRIu64 " %u\n", calls ? calls : 1,
            call_tree_position(graph->tree, node.frame).line);
    callgrind_put_costs(graph, call_tree_position(graph->tree, caller).line, graph->whole, number);
}

static void callgrind_measure(struct callgrind *graph, const struct report *report)
{
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++) {
        uint64_t *stacks = metric_of_stacks(metric, report->model, report->records);
        uint32_t count = graph->tree->node_count;

        graph->self[metric] = memory_zeroed(count, sizeof **graph->self);
        for (uint32_t i = 0; i < graph->tree->stack_count; i++)
            graph->self[metric][graph->tree->stacks[i]] += stacks[i];
        graph->whole[metric] = memory_zeroed(count, sizeof **graph->whole);
        memcpy(graph->whole[metric], graph->self[metric], count * sizeof **graph->whole);
        call_tree_add_up(graph->tree, graph->whole[metric]);
        free(stacks);
    }
}

static void callgrind_begin(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("# callgrind format\nversion: 1\ncreator: leakreport " REPORT_VERSION "\n", out);
}

static void callgrind_put_head(FILE *out, const struct model *model)
{
    fprintf(out, "pid: %" PRIu32 "\ncmd: ", model->header.pid);
    for (const char *at = model->command ? model->command : ""; *at; at++)
        putc((unsigned char)*at < ' ' ? ' ' : *at, out);
    fprintf(out, "\npart: 1\npositions: line\n");
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        fprintf(out, "event: %s : %s\n", callgrind_events[metric], metric_words(metric));
    fputs("events:", out);
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        fprintf(out, " %s", callgrind_events[metric]);
    putc('\n', out);
}

static void callgrind_render(FILE *out, const struct report *report)
{
    struct call_tree tree;
    struct callgrind graph = {.out = out, .tree = &tree};

    call_tree_make(&tree, report->model, report->options->show_below_main);
    callgrind_measure(&graph, report);
    callgrind_put_head(out, report->model);
    for (uint32_t node = 1; node < tree.node_count; node++)
        callgrind_put_node(&graph, node);
    if (callgrind_has_cost(graph.self, 0)) {
        callgrind_put_name(&graph, CALLGRIND_FUNCTION, "fn", "(unknown)");
        callgrind_put_costs(&graph, 0, graph.self, 0);
    }
    fputs("totals:", out);
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++) {
        fprintf(out, " %" PRIu64, graph.whole[metric][0]);
        free(graph.self[metric]);
        free(graph.whole[metric]);
    }
    putc('\n', out);
    for (unsigned kind = 0; kind < 3; kind++)
        intern_free(&graph.names[kind]);
    call_tree_free(&tree);
}

const struct renderer render_callgrind = {.begin = callgrind_begin,
                                          .render = callgrind_render,
                                          .wants_usage = true,
                                          .wants_stacks = true,
                                          .one_process = true};
