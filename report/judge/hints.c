#include "judge/hints.h"
#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include "base/format.h"
#include "base/number_text.h"
#include "judge/verdict.h"

/* What the module's name has behind `name` ("libglib-2.0.so.0" of "/lib/libglib-2.0.so.0.7400.6");
 * NULL: it is another. */
static const char *hints_module(const struct module *module, const char *name)
{
    const char *slash = module->path ? strrchr(module->path, '/') : NULL;
    const char *base = slash ? slash + 1 : module->path;

    return module->present && base && strncmp(base, name, strlen(name)) == 0 ? base + strlen(name)
                                                                             : NULL;
}

/* --- allocators in front of malloc --------------------------------------- */

static bool hints_is_python(const struct module *module)
{
    const char *version = hints_module(module, "libpython");

    if (!version)
        version = hints_module(module, "python");
    return version && isdigit((unsigned char)*version);
}

/* GLib 2.76 gave its slices up. */
static bool hints_has_slices(const struct module *module)
{
    const char *version = hints_module(module, "libglib-2.0.so.0.");

    return version && isdigit((unsigned char)*version) && strtoul(version, NULL, 10) < 7600;
}

static bool hints_any(const struct model *model, bool (*is)(const struct module *))
{
    for (uint32_t i = 1; i < model->module_count; i++)
        if (is(&model->modules[i]))
            return true;
    return false;
}

static void hints_allocators(struct model *model)
{
    uint32_t flags = model->header.flags;
    const struct trace_glib *glib = &model->header.glib;

    if (!(flags & TRACE_FLAG_PYTHONMALLOC) && hints_any(model, hints_is_python))
        model_add_note(model, NOTE_HINT_PYTHON, 0, NULL, NULL);
    if (!(flags & TRACE_FLAG_G_SLICE) && !glib->libraries && !glib->refused &&
        hints_any(model, hints_has_slices))
        model_add_note(model, NOTE_HINT_SLICES, 0, NULL, NULL);
}

/* --- memory -------------------------------------------------------------- */

/* The log is mapped, too, and no matter of the program's. */
static void hints_outside(struct model *model)
{
    const struct trace_sample *most = &model->most_resident;
    uint64_t known = most->live_bytes + model->log_bytes;

    if (most->resident_bytes < known + HINT_OUTSIDE_LEAST ||
        most->resident_bytes - known < most->live_bytes)
        return;
    model_add_note(model, NOTE_HINT_OUTSIDE, 0, number_text(most->resident_bytes).text,
                   number_text(most->live_bytes).text);
}

static void hints_freed(const struct options *options, struct model *model)
{
    int64_t peak = model->header.peak.bytes;

    if (!verdict_all_freed(model) || !options->show_leaks || peak < HINT_PEAK_LEAST ||
        (options->top_orders >> CLI_ORDER_PEAK & 1) || !model->most_resident.resident_bytes)
        return;
    model_add_note(model, NOTE_HINT_FREED, 0, number_text((uint64_t)peak).text,
                   number_text(model->most_resident.resident_bytes).text);
}

/* --- what the list of records leaves out ---------------------------------- */

struct hints_sums {
    uint64_t shown_bytes;           /* of what is lost: in records that are shown */
    uint64_t hidden_bytes;          /* and in those that are not */
    uint64_t reachable, most_alike; /* blocks: all, those of the largest record */
    uint32_t hidden, lost;          /* records */
};

static void hints_add(struct hints_sums *sums, const struct loss_record *record)
{
    struct loss_figures figures = group_figures(record);

    if (record->kind == BLOCK_REACHABLE) {
        sums->reachable += figures.blocks;
        if (figures.blocks > sums->most_alike)
            sums->most_alike = figures.blocks;
        return;
    }
    sums->lost++;
    if (record->kind == BLOCK_INDIRECTLY_LOST && !record->shown) {
        sums->hidden++;
        sums->hidden_bytes += figures.direct;
    } else {
        sums->shown_bytes += figures.direct;
    }
}

/* A record has the stack of the block that others hang on, which may be a library's handle for all
 * that was ever asked of it. */
void hints_note_records(const struct options *options, struct model *model,
                        const struct loss_records *records)
{
    struct hints_sums sums = {0};

    if (!model->has_verdicts || !options->show_leaks || options->by ||
        options->leak_check != CLI_CHECK_FULL || options->format != FORMAT_TEXT)
        return;
    for (uint32_t i = 0; i < records->count; i++)
        if (!records->records[i].suppressed)
            hints_add(&sums, &records->records[i]);
    if (sums.hidden >= HINT_STACKS_LEAST && sums.hidden_bytes > sums.shown_bytes)
        model_add_note(model, NOTE_HINT_HANGING, sums.hidden, number_text(sums.hidden_bytes).text,
                       NULL);
    if (!sums.lost && !(options->show_kinds >> BLOCK_REACHABLE & 1) &&
        sums.most_alike >= HINT_BLOCKS_LEAST && sums.most_alike > sums.reachable / 2)
        model_add_note(model, NOTE_HINT_ALIKE, 0, number_text(sums.most_alike).text,
                       number_text(sums.reachable).text);
}

void hints_note(const struct options *options, struct model *model)
{
    hints_allocators(model);
    hints_outside(model);
    hints_freed(options, model);
}
