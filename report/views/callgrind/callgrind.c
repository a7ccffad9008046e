/* All metrics at once, as events of one call graph. */
#include <stdlib.h>
#include "judge/stack_metric.h"
#include "views/callgrind/callgrind_graph.h"

static const char *const callgrind_names[METRICS_COUNT] = {
    [METRIC_LOST] = "Lost",           [METRIC_IN_USE] = "InUse", [METRIC_PEAK] = "Peak",
    [METRIC_ALLOCATED] = "Allocated", [METRIC_CALLS] = "Calls",  [METRIC_TEMPORARY] = "Temporary"};

static void callgrind_begin(FILE *out, const struct report_all *all)
{
    (void)all;
    fputs("# callgrind format\nversion: 1\ncreator: leakreport " REPORT_VERSION "\n", out);
}

static void callgrind_render(FILE *out, const struct report *report)
{
    const char *words[METRICS_COUNT];
    uint64_t *stacks[METRICS_COUNT];
    const struct callgrind_events events = {METRICS_COUNT, callgrind_names, words, stacks,
                                            METRIC_CALLS,  false,           false};

    for (unsigned metric = 0; metric < METRICS_COUNT; metric++) {
        words[metric] = metric_words(metric);
        stacks[metric] = metric_of_stacks(metric, report->model, report->records);
    }
    callgrind_graph(out, report, &events);
    for (unsigned metric = 0; metric < METRICS_COUNT; metric++)
        free(stacks[metric]);
}

const struct renderer render_callgrind = {.begin = callgrind_begin,
                                          .render = callgrind_render,
                                          .wants_usage = true,
                                          .wants_stacks = true,
                                          .one_process = true};
