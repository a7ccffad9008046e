#include "views/renderer.h"
#include "base/format.h"

#define FORMAT(id, name, callers) extern const struct renderer render_##name;
#include "base/format.def"

const struct renderer *renderer_of(int format)
{
    static const struct renderer *const renderers[FORMATS_COUNT] = {
#define FORMAT(id, name, callers) [FORMAT_##id] = &render_##name,
#include "base/format.def"
    };

    return renderers[format];
}

void renderer_prepare(struct report *report)
{
    report->ending = ending_of(report->model);
    report->moment = ending_moment(report->model);
    report->no_check = verdict_no_check(report->model);
    report->outline = outline_of(report->options, report->model, report->records, report->selection,
                                 report->several);
}
