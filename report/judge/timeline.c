#include "judge/timeline.h"
#include <string.h>

/* --- the peak ------------------------------------------------------------ */

static uint64_t timeline_blocks(const struct usage *usage)
{
    uint64_t blocks = 0;

    for (uint32_t i = 0; i < usage->stack_count; i++)
        blocks += usage->stacks[i].blocks_at_peak;
    return (int64_t)blocks > 0 ? blocks : 0;
}

static void timeline_place_peak(struct timeline_peak *peak, const struct usage *usage)
{
    for (uint32_t i = 0; i < usage->sample_count; i++) {
        const struct trace_sample *sample = &usage->samples[i];
        bool is_before = !peak->before_ns || sample->time_ns < peak->before_ns;

        if (is_before) {
            peak->after_ns = sample->time_ns;
            peak->resident_bytes = sample->resident_bytes;
        } else if (sample->resident_bytes > peak->resident_bytes) {
            peak->resident_bytes = sample->resident_bytes;
        }
        if (!is_before)
            return;
    }
}

struct timeline_peak timeline_peak(const struct model *model)
{
    const struct trace_peak *record = &model->header.peak;
    struct timeline_peak peak = {.bytes = record->bytes > 0 ? (uint64_t)record->bytes : 0,
                                 .blocks = timeline_blocks(model->usage),
                                 .before_ns = record->timed == record->epoch ? record->time_ns : 0};

    timeline_place_peak(&peak, model->usage);
    return peak;
}

/* --- rows ---------------------------------------------------------------- */

static void timeline_add(struct timeline *timeline, const struct trace_sample *sample)
{
    timeline->rows[timeline->count++].sample = *sample;
}

static void timeline_thin(struct timeline *timeline, const struct usage *usage)
{
    const struct trace_sample *samples = usage->samples, *last = samples + usage->sample_count - 1;
    uint64_t part_ns = last->time_ns / TIMELINE_PARTS + 1;

    for (const struct trace_sample *at = samples; at < last;) {
        const struct trace_sample *most = at;
        uint64_t part = at->time_ns / part_ns;

        for (; at < last && at->time_ns / part_ns == part; at++)
            if (at->live_bytes >= most->live_bytes)
                most = at;
        timeline_add(timeline, most);
    }
    timeline_add(timeline, last);
}

/* Before the row of the sample that noticed it, or behind the last one. */
static void timeline_add_peak(struct timeline *timeline, const struct timeline_peak *peak)
{
    uint64_t time = peak->before_ns ? peak->before_ns : peak->after_ns;
    uint32_t at = peak->before_ns ? 0 : timeline->count;

    while (at < timeline->count && timeline->rows[at].sample.time_ns < time)
        at++;
    struct timeline_row *row = &timeline->rows[at];
    memmove(row + 1, row, (timeline->count - at) * sizeof *row);
    timeline->count++;
    *row = (struct timeline_row){.sample = {time, peak->bytes, peak->blocks, peak->resident_bytes},
                                 .is_peak = true};
}

void timeline_make(struct timeline *timeline, const struct model *model)
{
    memset(timeline, 0, sizeof *timeline);
    if (model->usage->sample_count == 0)
        return;
    timeline_thin(timeline, model->usage);
    struct timeline_peak peak = timeline_peak(model);
    if (peak.bytes)
        timeline_add_peak(timeline, &peak);
}
