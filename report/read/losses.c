#include "read/losses.h"
#include <stddef.h>
#include "base/number_text.h"

static void losses_note_counters(struct model *model)
{
    static const struct {
        size_t offset;
        enum note_kind kind;
    } counters[] = {
#define NOTE(name, gap, sentence)
#define LOSS(name, counter, gap, sentence) {offsetof(struct trace_header, counter), NOTE_##name},
#include "read/note.def"
    };
    const char *header = (const char *)&model->header;

    for (size_t i = 0; i < sizeof counters / sizeof *counters; i++) {
        uint64_t number = *(const uint64_t *)(header + counters[i].offset);

        if (number)
            model_add_note(model, counters[i].kind, number, NULL, NULL);
    }
}

static void losses_note_threads(struct model *model)
{
    uint64_t number = model->header.check.not_held;
    const char *obstacle = trace_obstacle_text(number);

    if (obstacle)
        model_add_note(model, NOTE_THREADS_NOT_HELD, number, obstacle, NULL);
}

static void losses_note_flag(struct model *model, bool flag, enum note_kind kind)
{
    if (flag)
        model_add_note(model, kind, 0, NULL, NULL);
}

static void losses_note_flags(struct model *model)
{
    uint32_t flags = model->header.flags;

    losses_note_flag(model, (flags & TRACE_FLAG_FROM_OUTSIDE) && !(flags & TRACE_FLAG_UNTRACED),
                     NOTE_FROM_OUTSIDE);
    losses_note_flag(model, flags & TRACE_FLAG_UNTRACED, NOTE_UNTRACED);
    losses_note_flag(model, flags & TRACE_FLAG_INCOMPLETE, NOTE_LOG_INCOMPLETE);
    losses_note_flag(model, flags & TRACE_FLAG_OTHER_ALLOCATOR, NOTE_OTHER_ALLOCATOR);
    losses_note_flag(model, flags & TRACE_FLAG_MALLOC_UNKNOWN, NOTE_MALLOC_UNKNOWN);
    losses_note_flag(model, flags & TRACE_FLAG_GUARD_UNKNOWN, NOTE_GUARD_UNKNOWN);
    losses_note_flag(model, flags & TRACE_FLAG_BYPASSED,
                     model->totals.allocations ? NOTE_BYPASSED_IN_PART : NOTE_BYPASSED);
    losses_note_flag(model, flags & TRACE_FLAG_PAST_TRACER, NOTE_PAST_TRACER);
    losses_note_flag(model, model->header.check.scan == TRACE_SCAN_IN_PLACE, NOTE_CHECKED_IN_PLACE);
}

/* What was assumed of GLib is no loss, but what is said of its blocks depends on it. */
static void losses_note_glib(struct model *model)
{
    const struct trace_glib *glib = &model->header.glib;

    losses_note_flag(model, glib->libraries, NOTE_GLIB_TOLD);
    if (glib->refused)
        model_add_note(model, NOTE_GLIB_NOT_TOLD, glib->refused, NULL, NULL);
}

static void losses_note_sample(struct model *model)
{
    uint64_t sample = model->header.sample_bytes;
    uint64_t in_use = model->totals.bytes_allocated - model->totals.bytes_freed;

    if (sample)
        model_add_note(model, NOTE_SAMPLED, sample,
                       number_text(trace_sample_error(sample, in_use)).text, NULL);
}

void losses_note(struct model *model)
{
    losses_note_counters(model);
    losses_note_threads(model);
    losses_note_flags(model);
    losses_note_glib(model);
    losses_note_sample(model);
}
