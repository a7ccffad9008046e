#include "log_report.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "holders/cycles.h"
#include "holders/holders.h"
#include "judge/growth_stacks.h"
#include "holders/stale.h"
#include "judge/group.h"
#include "judge/hints.h"
#include "judge/own/filter.h"
#include "judge/own/never_freed.h"
#include "judge/own/old_blocks.h"
#include "judge/own/own_trim.h"
#include "judge/own/tally.h"
#include "judge/types/block_types.h"
#include "judge/rank.h"
#include "judge/select.h"
#include "judge/verdict.h"
#include "log_compare.h"
#include "log_read.h"
#include "symbols/symbolize.h"
#include "views/renderer.h"

/* --- the report ---------------------------------------------------------- */

static void log_symbolize_all(const struct model *model, struct symbolizer *symbolizer)
{
    uint32_t count = model_stack_count(model);
    uint32_t *stacks = memory_resized(NULL, count, sizeof *stacks);

    for (uint32_t i = 0; i < count; i++)
        stacks[i] = i;
    symbolize_stacks(symbolizer, stacks, count);
    free(stacks);
}

/* What needs all names before blocks are put together. */
static void log_arrange_stacks(const struct log_run *run, struct model *model,
                               struct symbolizer *symbolizer)
{
    const struct options *options = run->options;
    struct owners owners;

    if (!options->own && !options->by && !options->filters.count && !options->never_freed)
        return;
    log_symbolize_all(model, symbolizer);
    if (options->own) {
        owners_begin(&owners, options, model);
        own_trim(model, &owners);
        owners_end(&owners);
    }
    filter_stacks(model, options);
}

/* What the tracer was to be told before the program ran. */
static void log_note_late_options(const struct options *options, struct model *model)
{
    for (size_t i = options->run_options_of_files; i < options->run_options.count; i++) {
        const char *option = options->run_options.items[i];
        char *name = memory_text("%.*s", (int)strcspn(option, "="), option);

        if (!(model->open_files && strncmp(option, "--track-fds=", 12) == 0))
            model_add_note(model, NOTE_OPTION_LATE, 0, name, NULL);
        free(name);
    }
}

/* Once, with the first of several logs. */
static void log_note_options(const struct log_run *run, uint32_t number, struct model *model)
{
    const struct options *options = run->options;

    for (size_t i = 0; number == 0 && i < options->ignored.count; i++)
        model_add_note(model, NOTE_OPTION, 0, options->ignored.items[i], NULL);
    if (number == 0 && options->gen_suppressions == CLI_GENERATED_ASKED && !run->question.in)
        model_add_note(model, NOTE_NOBODY_TO_ASK, 0, NULL, NULL);
    if (number == 0 && options->mode == CLI_REPORT)
        log_note_late_options(options, model);
}

static struct report_all log_all(const struct log_run *run)
{
    return (struct report_all){run->options, run->tree, run->suppressions, run->several};
}

static int log_write(struct log_run *run, struct report *report, struct failure *failure)
{
    const struct renderer *renderer = renderer_of(run->options->format);
    struct report_all all = log_all(run);

    if (run->output.to->file)
        progress_say(&run->progress, "writing", run->output.to->file);
    FILE *out = output_open(&run->output, report->model->header.pid, &report->first, failure);
    if (!out)
        return -1;
    if (report->first && renderer->begin)
        renderer->begin(out, &all);
    renderer->render(out, report);
    return output_close(&run->output, out, failure);
}

static bool log_has_suppressions(const struct log_run *run, const char *name)
{
    for (size_t i = 0; i < suppress_entries_count(run->suppressions); i++)
        if (strcmp(suppress_entry_at(run->suppressions, i)->file, name) == 0)
            return true;
    return false;
}

/* The program's own, which hold for the logs behind this one, too. */
static void log_add_suppressions(struct log_run *run, struct model *model)
{
    struct failure failure;
    char *name = memory_text("__lsan_default_suppressions of %s",
                             model->executable ? model->executable : "the program");

    if (model->suppressions && !log_has_suppressions(run, name) &&
        suppress_load_text(run->suppressions, name, model->suppressions,
                           strlen(model->suppressions), &failure) != 0)
        model_add_note(model, NOTE_SUPPRESSIONS_BAD, 0, failure.text, NULL);
    free(name);
}

/* Who has seen an error happen need not read it again; who reads the log later has not. */
static uint64_t log_errors_from(const struct options *options, const struct model *model)
{
    bool seen = options->mode == CLI_TRACE && renderer_of(options->format)->render_errors;

    return seen ? model->header.errors_shown : 0;
}

/* A running process's own files, when no others are named. */
static void log_look_in(struct log_run *run, const struct model *model)
{
    const struct options *options = run->options;

    run->roots = (struct file_roots){.sysroot = options->sysroot,
                                     .process = options->sysroot ? NULL : model->root,
                                     .debug_folders = &options->debug_folders};
    module_cache_look_in(run->modules, &run->roots);
}

static bool log_wants_types(const struct options *options, const struct model *model,
                            const struct cycles *cycles)
{
    if (options->by == CLI_BY_TYPE)
        return true;
    return model->graph &&
           (options_want_holders(options) || (!model->graph->is_partial && cycles->count > 0));
}

/* compare: NULL: with nothing. */
static int log_report_model(struct log_run *run, uint32_t number, struct model *model,
                            struct log_compare *compare, const struct log_compare_of *of,
                            struct failure *failure)
{
    const struct options *options = run->options;
    struct loss_records records;
    struct selection selection;
    struct rankings rankings;
    struct holders *holders;
    struct diff_rankings changes = {0};
    struct growth_stacks *growth;
    struct cycles cycles;
    struct tally tally = {0};
    struct never_freed never = {0};
    struct old_blocks old = {0};
    struct report report = {.options = options,
                            .model = model,
                            .records = &records,
                            .selection = &selection,
                            .rankings = &rankings,
                            .cycles = &cycles,
                            .tally = options->by ? &tally : NULL,
                            .never = options->never_freed ? &never : NULL,
                            .old = options->never_freed ? &old : NULL,
                            .tree = run->tree,
                            .number = number,
                            .several = run->several,
                            .roots = &run->roots,
                            .question = run->question.in ? &run->question : NULL,
                            .errors_from = log_errors_from(options, model),
                            .diff = compare ? &compare->diff : NULL,
                            .changes = &changes,
                            .generated = run->several ? &run->generated : NULL};
    struct symbolizer *symbolizer = symbolize_begin(model, run->modules, &run->progress);

    if (options->show_below_main)
        symbolize_below_main(symbolizer);
    progress_say(&run->progress, "sorting the blocks of", model->log_path);
    log_note_options(run, number, model);
    hints_note(options, model);
    log_arrange_stacks(run, model, symbolizer);
    group_blocks(&records, model, of->frames);
    select_records(&selection, options, model, &records, symbolizer, run->suppressions);
    filter_records(model, &records, options, renderer_of(options->format)->lists_all);
    if (!compare)
        hints_note_records(options, model, &records);
    if (compare) {
        progress_say(&run->progress, "comparing with", compare->model.log_path);
        log_compare_make(compare, of, &(struct diff_side){model, &records, &selection, symbolizer});
        diff_rank_stacks(&changes, &compare->diff, options, model, symbolizer);
    }
    rank_stacks(&rankings, options, model, symbolizer);
    report.growth = growth = growth_stacks_find(model, options->top, symbolizer);
    if (renderer_of(options->format)->wants_stacks || options_want_trees(options))
        log_symbolize_all(model, symbolizer);
    progress_say(&run->progress, "finding out who holds the blocks of", model->log_path);
    cycles_find(&cycles, model);
    cycles_symbolize(&cycles, model, symbolizer);
    if (log_wants_types(options, model, &cycles))
        model->types = block_types_find(model, symbolizer);
    struct stale *stale = stale_find(model, symbolizer, options->demangle);
    report.stale = stale;
    report.holders = holders = holders_find(options, model, &records, symbolizer);
    if (options->by)
        tally_make(&tally, options, model, &records);
    if (options->never_freed) {
        never_freed_find(&never, options, model);
        old_blocks_find(&old, options, model);
    }
    symbolize_note(symbolizer);
    if (run->options->xtree_memory != CLI_XTREE_NONE || run->options->xtree_leak)
        progress_say(&run->progress, "writing the xtree of", model->log_path);
    process_tree_note(run->tree, number, model, &selection);
    run->tree->entries[number].doubt =
        verdict_doubt(options, model, process_tree_is_followed(run->tree, number));
    renderer_prepare(&report);
    log_xtree_write(&run->xtree, &report);
    progress_clear(&run->progress);
    int result = log_write(run, &report, failure);
    progress_clear(&run->progress);
    holders_free(holders);
    block_types_free(model->types);
    model->types = NULL;
    diff_rank_free(&changes);
    log_xtree_forget(&report);
    growth_stacks_free(growth);
    cycles_free(&cycles);
    stale_free(stale);
    tally_free(&tally);
    never_freed_free(&never);
    old_blocks_free(&old);
    rank_free(&rankings);
    group_free(&records);
    symbolize_end(symbolizer);
    return result;
}

/* With the older log, if there is one to compare with. */
static enum log_reported log_report_read(struct log_run *run, uint32_t number, struct model *model,
                                         struct failure *failure)
{
    static const uint32_t compared[] = {2, 4, UINT32_MAX};
    struct log_compare compare = {0};
    struct log_compare_of of = {.options = run->options,
                                .old = run->old,
                                .tree = run->tree,
                                .number = number,
                                .modules = run->modules,
                                .suppressions = run->suppressions,
                                .frames = compared[run->options->leak_resolution]};

    log_look_in(run, model);
    log_add_suppressions(run, model);
    if (run->old && log_compare_begin(&compare, &of, model, failure) != 0) {
        progress_clear(&run->progress);
        return LOG_UNREADABLE;
    }
    int result = log_report_model(run, number, model, run->old ? &compare : NULL, &of, failure);
    if (run->old)
        log_compare_end(&compare);
    return result == 0 ? LOG_REPORTED : LOG_UNWRITABLE;
}

static void log_show_progress(struct log_run *run, uint32_t number)
{
    if (run->several)
        progress_count(&run->progress, "logs read", number, run->tree->count);
    else
        progress_say(&run->progress, "reading", run->tree->entries[number].path);
}

enum log_reported log_report(struct log_run *run, uint32_t number, struct failure *failure)
{
    struct model model;

    log_show_progress(run, number);
    if (log_read(run->options, run->tree->entries[number].path, false, &model, failure) != 0) {
        progress_clear(&run->progress);
        run->tree->unreadable++;
        return LOG_UNREADABLE;
    }
    enum log_reported result = log_report_read(run, number, &model, failure);
    run->tree->unreadable += result == LOG_UNREADABLE;
    model_free(&model);
    suppress_next_log(run->suppressions);
    module_cache_trim(run->modules);
    return result;
}

/* --- errors as they happen ----------------------------------------------- */

static int log_write_errors(struct log_run *run, struct report *report, struct failure *failure)
{
    FILE *out = output_open(&run->output, report->model->header.pid, &report->first, failure);

    if (!out)
        return -1;
    renderer_of(run->options->format)->render_errors(out, report);
    return output_close(&run->output, out, failure);
}

static int log_report_model_errors(struct log_run *run, struct model *model, uint64_t from,
                                   struct failure *failure)
{
    struct loss_records records;
    struct selection selection;
    struct report report = {.options = run->options,
                            .model = model,
                            .records = &records,
                            .selection = &selection,
                            .tree = run->tree,
                            .errors_from = from};
    struct symbolizer *symbolizer = symbolize_begin(model, run->modules, NULL);

    log_look_in(run, model);
    if (run->options->show_below_main)
        symbolize_below_main(symbolizer);
    log_add_suppressions(run, model);
    log_arrange_stacks(run, model, symbolizer);
    group_blocks(&records, model, UINT32_MAX);
    select_records(&selection, run->options, model, &records, symbolizer, run->suppressions);
    renderer_prepare(&report);
    int result = log_write_errors(run, &report, failure);
    group_free(&records);
    symbolize_end(symbolizer);
    return result;
}

enum log_reported log_report_errors(struct log_run *run, const char *path, uint64_t from,
                                    struct failure *failure)
{
    struct model model;

    if (log_read(run->options, path, true, &model, failure) != 0)
        return LOG_UNREADABLE;
    int result = log_report_model_errors(run, &model, from, failure);
    model_free(&model);
    suppress_forget_log(run->suppressions);
    module_cache_trim(run->modules);
    return result == 0 ? LOG_REPORTED : LOG_UNWRITABLE;
}

/* --- the end ------------------------------------------------------------- */

static int log_write_end(struct log_run *run, FILE *out, struct failure *failure)
{
    const struct renderer *renderer = renderer_of(run->options->format);
    struct report_all all = log_all(run);

    if (!out)
        return -1;
    if (renderer->end)
        renderer->end(out, &all);
    return output_close(&run->output, out, failure);
}

enum log_reported log_report_end(struct log_run *run, struct failure *failure)
{
    const struct renderer *renderer = renderer_of(run->options->format);
    int result = 0;

    progress_clear(&run->progress);
    suppress_sum_logs(run->suppressions);
    if (!renderer->is_document && renderer->end)
        result = run->several
                     ? log_write_end(run, output_open_summary(&run->output, failure), failure)
                     : 0;
    for (uint32_t i = 0; renderer->is_document && i < output_count(&run->output) && result == 0;
         i++)
        result = log_write_end(run, output_reopen(&run->output, i, failure), failure);
    if (result == 0)
        result = output_finish(&run->output, failure);
    return result == 0 ? LOG_REPORTED : LOG_UNWRITABLE;
}
