#include "judge/outline.h"
#include "judge/verdict.h"

static enum outline_leaks outline_leaks(const struct options *options, const struct model *model)
{
    bool unseen = ((model->header.flags & TRACE_FLAG_BYPASSED) && !model->totals.allocations) ||
                  model->header.sample_bytes;

    if (!options->show_leaks)
        return OUTLINE_LEAKS_NOT_ASKED;
    if (verdict_all_freed(model))
        return unseen ? OUTLINE_LEAKS_UNSEEN : OUTLINE_LEAKS_ALL_FREED;
    if (options->leak_check == CLI_CHECK_NO)
        return OUTLINE_LEAKS_CHECK_OFF;
    return model->has_verdicts ? OUTLINE_LEAKS_JUDGED : OUTLINE_LEAKS_NO_VERDICT;
}

static void outline_bounds(struct outline *outline, const struct options *options,
                           const struct model *model, const struct loss_records *records)
{
    bool has_records =
        outline->leaks == OUTLINE_LEAKS_JUDGED || outline->leaks == OUTLINE_LEAKS_NO_VERDICT;

    has_records &= !options->by; /* its lines stand for them */

    outline->misuses = outline->errors ? model->misuse_count : 0;
    outline->records = has_records ? records->count : 0;
}

/* Behind the first error that is shown, be it of the program or a record. */
static void outline_end_early(struct outline *outline, const struct model *model,
                              const struct loss_records *records)
{
    for (uint32_t i = 0; i < outline->misuses; i++)
        if (!model->misuses[i].suppressed) {
            outline->misuses = i + 1;
            outline->records = 0;
            outline->ends = OUTLINE_ENDS_AT_MISUSE;
            return;
        }
    outline->ends = OUTLINE_ENDS_AT_RECORD;
    for (uint32_t i = 0; i < outline->records; i++)
        if (records->records[i].shown && records->records[i].is_error)
            outline->records = i + 1;
}

/* What the user may want to ask for next. */
static void outline_advise(struct outline *outline, const struct options *options,
                           const struct selection *selection)
{
    bool full = options->leak_check == CLI_CHECK_FULL;
    uint64_t blocks = 0;

    for (int kind = 0; kind < BLOCK_LIVE; kind++)
        blocks += selection->blocks[kind];
    outline->advise_full_check = !full && blocks;
    outline->hides_reachable =
        full && selection->blocks[BLOCK_REACHABLE] && !(options->show_kinds >> BLOCK_REACHABLE & 1);
}

static bool outline_any_used(const struct suppressions *suppressions)
{
    for (size_t i = 0; i < suppress_entries_count(suppressions); i++)
        if (suppress_entry_at(suppressions, i)->times)
            return true;
    return false;
}

static void outline_lists(struct outline *outline, const struct options *options,
                          const struct model *model, const struct selection *selection,
                          bool several)
{
    bool lists = options->verbose || options->show_error_list;

    outline->advise_lists = !lists;
    outline->lists_errors = lists && model->misuse_count > selection->suppressed_misuses;
    outline->lists_suppressed = options->show_suppressed && selection->suppressed_contexts > 0;
    outline->lists_suppressions = lists && suppress_entries_count(selection->suppressions) > 0 &&
                                  (options->verbose || outline_any_used(selection->suppressions));
    outline->lists_unused = outline->lists_suppressions && options->verbose && !several;
}

static bool outline_has_findings(const struct options *options, const struct loss_records *records,
                                 const struct selection *selection)
{
    if (selection->contexts)
        return true;
    for (uint32_t i = 0; i < records->count; i++)
        if (records->records[i].shown)
            return true;
    return options_want_usage(options) || options_want_holders(options);
}

struct outline outline_of(const struct options *options, const struct model *model,
                          const struct loss_records *records, const struct selection *selection,
                          bool several)
{
    struct outline outline = {.errors = options->show_leaks,
                              .leaks = outline_leaks(options, model)};

    outline_bounds(&outline, options, model, records);
    if (options->exit_on_first_error && options->show_leaks && selection->contexts)
        outline_end_early(&outline, model, records);
    outline_advise(&outline, options, selection);
    outline_lists(&outline, options, model, selection, several);
    outline.has_findings = outline_has_findings(options, records, selection);
    return outline;
}
