/* Memory over time, as ms_print and massif-visualizer read it.
 *
 * One snapshot for each sample of the timeline, the peak between them. Only at the peak and at the
 * end it is known who held the memory: those two have trees, from the allocation outwards. Time is
 * in milliseconds. "#" begins a comment in ms_print, so it is written as "+".
 */
#include <inttypes.h>
#include <stdlib.h>
#include "base/field_text.h"
#include "judge/stack_metric.h"
#include "judge/timeline.h"
#include "views/massif/massif_tree.h"
#include "views/renderer.h"

struct massif {
    FILE *out;
    const struct report *report;
    struct call_tree tree;
    uint32_t snapshots;
};

static void massif_put_snapshot(struct massif *massif, uint64_t time_ns, uint64_t bytes,
                                const char *tree)
{
    static const char line[] = "#-----------\n";

    fprintf(massif->out,
            "%ssnapshot=%" PRIu32 "\n%stime=%.3f\nmem_heap_B=%" PRIu64
            "\nmem_heap_extra_B=0\nmem_stacks_B=0\nheap_tree=%s\n",
            line, massif->snapshots++, line, (double)time_ns / 1e6, bytes, tree);
}

/* Of a snapshot whose stacks are known, the bytes are their sum: a tree may not hold more. */
static void massif_put_tree(struct massif *massif, uint64_t time_ns, enum metric metric,
                            const char *kind)
{
    const struct report *report = massif->report;
    uint64_t *values = metric_of_stacks(metric, report->model, report->records), sum = 0;

    for (uint32_t i = 0; i < massif->tree.stack_count; i++)
        sum += values[i];
    massif_put_snapshot(massif, time_ns, sum, kind);
    massif_tree(massif->out, &massif->tree, values);
    free(values);
}

/* As deep as massif itself goes unless --num-callers says otherwise. */
static bool massif_is_cut(const struct model *model)
{
    for (uint32_t i = 0; i < model_stack_count(model); i++)
        if (model_stack(model, i).end == STACK_LONGER)
            return true;
    return false;
}

static void massif_put_head(FILE *out, const struct options *options, const struct model *model)
{
    fputs("desc: leakreport " REPORT_VERSION, out);
    if (massif_is_cut(model))
        fprintf(out, " (callers beyond the %uth frame are left out: --num-callers)",
                options->num_callers);
    fputs("\ncmd: ", out);
    field_text_put(out, model->command ? model->command : "?", "", "");
    fputs("\ntime_unit: ms\n", out);
}

static void massif_render(FILE *out, const struct report *report)
{
    const struct usage *usage = report->model->usage;
    struct massif massif = {.out = out, .report = report};
    struct timeline_peak peak = timeline_peak(report->model);
    uint64_t last = 0;
    bool has_peak = peak.bytes == 0;

    massif_put_head(out, report->options, report->model);
    call_tree_make(&massif.tree, report->model, report->options->show_below_main);
    for (uint32_t i = 0; i < usage->sample_count; i++) {
        const struct trace_sample *sample = &usage->samples[i];

        if (!has_peak && peak.before_ns && sample->time_ns >= peak.before_ns) {
            massif_put_tree(&massif, last, METRIC_PEAK, "peak");
            has_peak = true;
        }
        massif_put_snapshot(&massif, sample->time_ns, sample->live_bytes, "empty");
        last = sample->time_ns;
    }
    if (!has_peak)
        massif_put_tree(&massif, last, METRIC_PEAK, "peak");
    massif_put_tree(&massif, last, METRIC_IN_USE, "detailed");
    call_tree_free(&massif.tree);
}

const struct renderer render_massif = {
    .render = massif_render, .wants_usage = true, .wants_stacks = true, .one_process = true};
