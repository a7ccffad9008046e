#include "views/text/text_timeline.h"
#include "judge/timeline.h"

enum { BAR_COLUMNS = 24 };

static uint64_t timeline_most(const struct timeline *timeline)
{
    uint64_t most = 1;

    for (uint32_t i = 0; i < timeline->count; i++)
        if (timeline->rows[i].sample.live_bytes > most)
            most = timeline->rows[i].sample.live_bytes;
    return most;
}

/* A row without a resident size could not ask for it. */
static void timeline_row(const struct text_page *page, const struct timeline_row *row,
                         uint64_t most)
{
    static const char bar[BAR_COLUMNS + 1] = "########################";
    const struct trace_sample *sample = &row->sample;
    int columns = (int)((double)sample->live_bytes / (double)most * BAR_COLUMNS + 0.5);
    char time[TEXT_SECONDS_SIZE];

    text_seconds(time, sample->time_ns);
    text_line(page, "%12s %16s %12s %16s%s%.*s%s", time, NUMBER(sample->live_bytes),
              NUMBER(sample->live_blocks),
              sample->resident_bytes ? NUMBER(sample->resident_bytes) : "-", columns ? "  " : "",
              columns, bar, row->is_peak ? " <- peak" : "");
}

void text_timeline(const struct text_page *page)
{
    struct timeline timeline;

    text_line(page, "TIMELINE:");
    timeline_make(&timeline, page->report->model);
    if (timeline.count == 0)
        text_line(page, "    the log has no samples");
    else
        text_line(page, "%12s %16s %12s %16s", "time", "bytes in use", "blocks", "resident bytes");
    uint64_t most = timeline_most(&timeline);
    for (uint32_t i = 0; i < timeline.count; i++)
        timeline_row(page, &timeline.rows[i], most);
    text_blank(page);
}
