/* "main;run;malloc 1234", a line for each call stack: what flame graph programs read.
 *
 * The value is of one metric; beside an older log there are two, the older first, as difffolded.pl
 * writes them. What would end a frame's name early there is replaced: ";" by ":",
 * and line ends and other control characters by blanks. Stacks whose value is 0 are left out.
 */
#include <inttypes.h>
#include <stdlib.h>
#include "base/field_text.h"
#include "base/memory.h"
#include "judge/call_tree.h"
#include "judge/stack_metric.h"
#include "views/renderer.h"

static char *folded_name(const struct call_tree *tree, uint32_t frame)
{
    char *name = call_tree_name(tree, frame);

    field_text_make(name, ";", ":");
    return name;
}

/* Deep stacks are as long as they are: no recursion. */
static void folded_line(FILE *out, const struct call_tree *tree, char **names, uint32_t node)
{
    uint32_t *path = NULL;
    size_t count = 0, capacity = 0;

    for (; node; node = call_tree_node(tree, node).parent) {
        memory_reserve(path, count, capacity);
        path[count++] = call_tree_node(tree, node).frame;
    }
    if (count == 0)
        fputs("(unknown)", out);
    while (count-- > 0) {
        if (!names[path[count]])
            names[path[count]] = folded_name(tree, path[count]);
        fputs(names[path[count]], out);
        if (count)
            putc(';', out);
    }
    free(path);
}

static void folded_render(FILE *out, const struct report *report)
{
    enum metric metric = (enum metric)report->options->metric;
    uint64_t *values = metric_of_stacks(metric, report->model, report->records);
    uint64_t *before = report->diff
                           ? metric_of_stacks_before(metric, report->model, report->records,
                                                     report->diff->use_before)
                           : NULL;
    struct call_tree tree;

    call_tree_make_with_ends(&tree, report->model, report->options->show_below_main);
    char **names = memory_zeroed(tree.frames.count, sizeof *names);
    for (uint32_t stack = 0; stack < tree.stack_count; stack++) {
        if (!values[stack] && !(before && before[stack]))
            continue;
        folded_line(out, &tree, names, tree.stacks[stack]);
        if (before)
            fprintf(out, " %" PRIu64, before[stack]);
        fprintf(out, " %" PRIu64 "\n", values[stack]);
    }
    for (uint32_t i = 0; i < tree.frames.count; i++)
        free(names[i]);
    free(names);
    call_tree_free(&tree);
    free(before);
    free(values);
}

const struct renderer render_folded = {
    .render = folded_render, .wants_usage = true, .wants_stacks = true};
