#include "log_compare.h"
#include <stdlib.h>
#include "judge/diff/old_logs.h"
#include "judge/verdict.h"
#include "log_read.h"
#include "words/words_ending.h"
#include "words/words_note.h"

/* Once, with the first log. */
static void compare_note_left(const struct log_compare_of *of, struct model *model)
{
    const struct process_tree *old = of->old;

    for (uint32_t i = 0; of->number == 0 && i < old->count; i++)
        if (old_logs_is_left(old, of->tree, i))
            model_add_note(model, NOTE_OLDER_LEFT, 0, old->entries[i].path,
                           old->entries[i].program);
}

/* Why it may not have all that it should have. */
static void compare_note_doubt(const struct log_compare *compare, const struct options *options,
                               struct model *model)
{
    struct doubt doubt = verdict_doubt(options, &compare->model, true);
    char *why = doubt.kind == DOUBT_NO_CHECK ? NULL : words_doubt(&doubt);

    if (why)
        model_add_note(model, NOTE_OLDER_IN_DOUBT, 0, compare->model.log_path, why);
    free(why);
    free(doubt.became);
    if (compare->model.is_export && old_export_doubt(&compare->export))
        model_add_note(model, NOTE_OLDER_IN_DOUBT, 0, compare->model.log_path,
                       old_export_doubt(&compare->export));
}

static int compare_read(struct log_compare *compare, const struct log_compare_of *of,
                        struct model *model, struct failure *failure)
{
    const struct process_entry *entry = &of->tree->entries[of->number];
    uint32_t partner = old_logs_of(of->old, of->tree, of->number);

    if (partner == PROCESS_NONE) {
        model_init(&compare->model, "");
        model_add_note(model, NOTE_NOTHING_OLDER, 0, entry->program, NULL);
        return 0;
    }
    const struct process_entry *old = &of->old->entries[partner];
    if (old->exported)
        log_read_export(of->options, old, &compare->model, &compare->export);
    else if (log_read(of->options, old->path, false, &compare->model, failure) != 0)
        return -1;
    if (old_logs_differ(old, entry))
        model_add_note(model, NOTE_OTHER_PROGRAM, 0, old->path, old->program);
    compare_note_doubt(compare, of->options, model);
    return 0;
}

/* What suppressions match in it is not counted. */
static void compare_judge(struct log_compare *compare, const struct log_compare_of *of)
{
    compare->symbolizer = symbolize_begin(&compare->model, of->modules, NULL);
    if (of->options->show_below_main)
        symbolize_below_main(compare->symbolizer);
    if (compare->model.is_export)
        old_export_records(&compare->export, &compare->model, of->frames, &compare->records);
    else
        group_blocks(&compare->records, &compare->model, of->frames);
    select_records(&compare->selection, of->options, &compare->model, &compare->records,
                   compare->symbolizer, of->suppressions);
    suppress_forget_log(of->suppressions);
}

int log_compare_begin(struct log_compare *compare, const struct log_compare_of *of,
                      struct model *model, struct failure *failure)
{
    if (compare_read(compare, of, model, failure) != 0)
        return -1;
    compare_note_left(of, model);
    log_diff_match_kinds(&compare->model, model);
    compare_judge(compare, of);
    return 0;
}

/* Names are what builds that differ are compared by: it is said where they are missing. */
static void compare_note_symbols(struct log_compare *compare, struct symbolizer *symbolizer,
                                 struct model *model)
{
    uint32_t known = compare->model.note_count;

    symbolize_note(symbolizer);
    for (uint32_t i = known; i < compare->model.note_count; i++) {
        char *text = words_note(&compare->model.notes[i]);

        model_add_note(model, NOTE_OLDER, 0, text, NULL);
        free(text);
    }
}

void log_compare_make(struct log_compare *compare, const struct log_compare_of *of,
                      struct diff_side *now)
{
    struct diff_side old = {&compare->model, &compare->records, &compare->selection,
                            compare->symbolizer};

    log_diff_make(&compare->diff, of->options, &old, now, of->frames);
    compare_note_symbols(compare, compare->symbolizer, now->model);
}

void log_compare_end(struct log_compare *compare)
{
    symbolize_end(compare->symbolizer);
    log_diff_free(&compare->diff);
    group_free(&compare->records);
    model_free(&compare->model);
    old_export_free(&compare->export);
}
