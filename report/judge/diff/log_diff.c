#include "judge/diff/log_diff.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "judge/diff/diff_join.h"
#include "judge/diff/stack_graft.h"
#include "read/stack_use.h"
#include "judge/verdict.h"

struct diff_work {
    struct log_diff *diff;
    const struct options *options;
    struct diff_side *sides[STACK_KEYS_SIDES];
    struct stack_keys keys;
    struct stack_graft graft;
    uint32_t frames;
};

/* --- leak kinds ---------------------------------------------------------- */

static bool diff_lacks_kinds(const struct model *model)
{
    return !model->has_verdicts && !verdict_all_freed(model);
}

static void diff_forget_kinds(struct model *model)
{
    for (size_t i = 0; i < model->block_count; i++) {
        model->blocks[i].kind = BLOCK_LIVE;
        model->blocks[i].head = BLOCK_NO_HEAD;
        model->blocks[i].heuristic = TRACE_NO_HEURISTIC;
    }
    model->has_verdicts = false;
    model->kinds_forgotten = true;
}

void log_diff_match_kinds(struct model *old, struct model *now)
{
    if (diff_lacks_kinds(old) && now->has_verdicts)
        diff_forget_kinds(now);
    else if (diff_lacks_kinds(now) && old->has_verdicts)
        diff_forget_kinds(old);
}

/* --- loss records -------------------------------------------------------- */

/* What is suppressed is in no list, before or now. */
static void diff_list_records(const struct diff_side *side, struct diff_items *items)
{
    const struct loss_records *records = side->records;

    for (uint32_t i = 0; i < records->count; i++) {
        const struct loss_record *record = &records->records[i];
        struct loss_figures figures = group_figures(record);

        if (record->suppressed || !figures.blocks)
            continue;
        diff_items_add(
            items, (struct diff_item){.kind = record->kind,
                                      .stack = record->stack,
                                      .figures = {figures.direct, figures.indirect, figures.blocks},
                                      .number = i});
    }
}

static enum loss_change diff_change(const struct loss_figures *before,
                                    const struct loss_figures *now)
{
    if (!now->blocks)
        return LOSS_GONE;
    if (!before->blocks)
        return LOSS_NEW;
    if (now->direct > before->direct || now->indirect > before->indirect ||
        now->blocks > before->blocks)
        return LOSS_INCREASED;
    return now->direct == before->direct && now->indirect == before->indirect &&
                   now->blocks == before->blocks
               ? LOSS_SAME
               : LOSS_DECREASED;
}

/* --show, as valgrind's leak_check has it. */
static bool diff_is_shown(const struct options *options, enum loss_change change)
{
    switch ((enum cli_show)options->show_changes) {
    case CLI_SHOW_ANY:
        return true;
    case CLI_SHOW_NEW:
        return change == LOSS_NEW;
    case CLI_SHOW_INCREASED:
        return change == LOSS_NEW || change == LOSS_INCREASED;
    default:
        return change != LOSS_SAME;
    }
}

static bool diff_kind_counts(const struct options *options, unsigned kinds, uint8_t kind)
{
    return kind == BLOCK_LIVE || (kinds >> kind & 1 && options->leak_check == CLI_CHECK_FULL);
}

/* Blocks that had another kind before, and were an error then, are no new error: which pointer is
 * left over in which register varies from run to run. */
static bool diff_was_error(const struct options *options, const struct loss_record *record,
                           const struct loss_figures *other)
{
    struct loss_figures now = group_figures(record);

    return record->kind_before < BLOCK_LIVE && options->error_kinds >> record->kind_before & 1 &&
           now.blocks <= other->blocks && now.bytes <= other->bytes;
}

static bool diff_is_error(const struct options *options, const struct loss_record *record,
                          const struct loss_figures *other)
{
    if (record->change == LOSS_NEW)
        return !diff_was_error(options, record, other);
    return record->change == LOSS_INCREASED && options->show_changes != CLI_SHOW_NEW;
}

/* Blocks that are lost through others are in those ones' figures, or in records of their own. */
static void diff_sum_record(struct log_diff *diff, const struct options *options,
                            const struct loss_record *record)
{
    struct loss_figures now = group_figures(record);
    struct diff_sum *sum = &diff->sums[record->change];
    bool apart = options->show_kinds >> BLOCK_INDIRECTLY_LOST & 1;

    if (!diff_kind_counts(options, options->show_kinds, record->kind))
        return;
    sum->records++;
    sum->bytes += apart ? now.direct : now.bytes;
    sum->blocks += now.blocks;
    sum->bytes_before += apart ? record->before.direct : record->before.bytes;
    sum->blocks_before += record->before.blocks;
}

/* other: of blocks that had another kind. */
static void diff_judge_record(struct diff_work *work, struct loss_record *record,
                              const struct loss_figures *other)
{
    struct selection *selection = work->sides[STACK_KEYS_NOW]->selection;
    struct loss_figures now = group_figures(record);

    record->change = (uint8_t)diff_change(&record->before, &now);
    record->shown &= diff_is_shown(work->options, record->change);
    if (record->is_error && !diff_is_error(work->options, record, other)) {
        record->is_error = false;
        selection->errors--;
        selection->contexts--;
    }
    diff_sum_record(work->diff, work->options, record);
}

/* What is left over on both sides, whatever its kind. */
static void diff_join_kinds(struct diff_work *work, const struct diff_items *paired,
                            struct diff_items *left)
{
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        for (uint32_t i = 0; i < paired[side].count; i++)
            if (paired[side].items[i].twin == DIFF_NO_TWIN) {
                struct diff_item item = paired[side].items[i];

                item.kind = 0;
                diff_items_add(&left[side], item);
            }
    diff_join(&work->keys, left, work->frames);
}

static struct loss_record *diff_record(const struct diff_work *work, int side,
                                       const struct diff_items *items, uint32_t item)
{
    return &work->sides[side]->records->records[items[side].items[item].number];
}

/* Records of now, each once: with those of the same kind before, then those of another kind, then
 * those that are new. */
static void diff_judge_records(struct diff_work *work, const struct diff_items *paired)
{
    struct diff_items left[STACK_KEYS_SIDES] = {{0}};
    const struct diff_items *now = &paired[STACK_KEYS_NOW];

    for (uint32_t i = 0; i < now->count; i++) {
        struct loss_record *record = diff_record(work, STACK_KEYS_NOW, paired, i);

        record->kind_before = BLOCK_KINDS_COUNT;
        if (now->items[i].twin == DIFF_NO_TWIN)
            continue;
        record->before =
            group_figures(diff_record(work, STACK_KEYS_BEFORE, paired, now->items[i].twin));
        diff_judge_record(work, record, NULL);
    }
    diff_join_kinds(work, paired, left);
    for (uint32_t i = 0; i < left[STACK_KEYS_NOW].count; i++) {
        struct loss_record *record = diff_record(work, STACK_KEYS_NOW, left, i);
        uint32_t twin = left[STACK_KEYS_NOW].items[i].twin;
        struct loss_figures other = {0};

        if (twin != DIFF_NO_TWIN) {
            const struct loss_record *before = diff_record(work, STACK_KEYS_BEFORE, left, twin);

            record->kind_before = before->kind;
            other = group_figures(before);
        }
        diff_judge_record(work, record, &other);
    }
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        diff_items_free(&left[side]);
}

/* As valgrind has them: a record without blocks. */
static void diff_add_gone(struct diff_work *work, const struct diff_items *items)
{
    const struct diff_items *before = &items[STACK_KEYS_BEFORE];
    struct diff_side *now = work->sides[STACK_KEYS_NOW];
    struct loss_record *gone = memory_zeroed(before->count, sizeof *gone);
    uint32_t count = 0;

    for (uint32_t i = 0; i < before->count; i++) {
        const struct loss_record *record = diff_record(work, STACK_KEYS_BEFORE, items, i);

        if (before->items[i].twin != DIFF_NO_TWIN)
            continue;
        gone[count] = (struct loss_record){.kind = record->kind,
                                           .kind_before = BLOCK_KINDS_COUNT,
                                           .stack = stack_graft_put(&work->graft, record->stack),
                                           .before = group_figures(record)};
        gone[count].shown =
            work->options->show_leaks && work->options->leak_check == CLI_CHECK_FULL &&
            diff_kind_counts(work->options, work->options->show_kinds, record->kind);
        diff_judge_record(work, &gone[count], NULL);
        if (gone[count].shown)
            symbolize_stack(now->symbolizer, gone[count].stack);
        count++;
    }
    group_add(now->records, now->model, gone, count);
    free(gone);
}

static void diff_records(struct diff_work *work)
{
    struct diff_items items[STACK_KEYS_SIDES] = {{0}};

    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        diff_list_records(work->sides[side], &items[side]);
    diff_join(&work->keys, items, work->frames);
    diff_judge_records(work, items);
    diff_add_gone(work, items);
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        diff_items_free(&items[side]);
}

static void diff_sums(struct diff_work *work)
{
    const struct selection *before = work->sides[STACK_KEYS_BEFORE]->selection;
    struct selection *now = work->sides[STACK_KEYS_NOW]->selection;

    now->compared = true;
    memcpy(now->bytes_before, before->bytes, sizeof now->bytes_before);
    memcpy(now->blocks_before, before->blocks, sizeof now->blocks_before);
    now->suppressed_bytes_before = before->suppressed_bytes;
    now->suppressed_blocks_before = before->suppressed_blocks;
}

/* --- errors of the program ----------------------------------------------- */

static void diff_list_misuses(const struct model *model, struct diff_items *items)
{
    for (uint32_t i = 0; i < model->misuse_count; i++) {
        const struct misuse *misuse = &model->misuses[i];

        diff_items_add(items, (struct diff_item){
                                  .kind = misuse->record.kind,
                                  .stack = misuse->stack,
                                  .more_stacks = {misuse->stack_allocated, misuse->stack_freed}});
    }
}

/* Those that were there before go: no list and no sum has them. Suppressed ones stay what they are.
 */
static void diff_drop_misuses(struct diff_work *work, const struct diff_items *now)
{
    struct model *model = work->sides[STACK_KEYS_NOW]->model;
    struct selection *selection = work->sides[STACK_KEYS_NOW]->selection;
    uint32_t kept = 0;

    for (uint32_t i = 0; i < model->misuse_count; i++) {
        const struct misuse *misuse = &model->misuses[i];

        if (misuse->suppressed || now->items[i].twin == DIFF_NO_TWIN) {
            model->misuses[kept++] = *misuse;
            continue;
        }
        work->diff->misuses_known++;
        selection->errors -= misuse->record.count;
        selection->contexts--;
    }
    model->misuse_count = kept;
}

static void diff_misuses(struct diff_work *work)
{
    struct diff_items items[STACK_KEYS_SIDES] = {{0}};
    const struct diff_items *before = &items[STACK_KEYS_BEFORE];

    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        diff_list_misuses(work->sides[side]->model, &items[side]);
    diff_join(&work->keys, items, UINT32_MAX);
    for (uint32_t i = 0; i < before->count; i++)
        if (before->items[i].twin == DIFF_NO_TWIN &&
            !work->sides[STACK_KEYS_BEFORE]->model->misuses[i].suppressed)
            work->diff->misuses_gone++;
    diff_drop_misuses(work, &items[STACK_KEYS_NOW]);
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        diff_items_free(&items[side]);
}

/* --- the use of memory --------------------------------------------------- */

static void diff_list_stacks(const struct model *model, struct diff_items *items)
{
    const struct stack_use *uses = model->usage->stacks;

    for (uint32_t i = 0; i < model->usage->stack_count; i++)
        if (stack_use_is_any(&uses[i]))
            diff_items_add(
                items, (struct diff_item){
                           .stack = i, .figures = {uses[i].allocations, uses[i].bytes_allocated}});
}

/* The model's own table of use gets a place for each stack. */
static void diff_want_stacks(struct diff_work *work)
{
    struct model *model = work->sides[STACK_KEYS_NOW]->model;
    struct usage *usage = model->usage;
    uint32_t count = model_stack_count(model), known = usage->stack_count;

    work->diff->stack_count = count;
    work->diff->use_before = memory_zeroed(count, sizeof *work->diff->use_before);
    if (count <= known)
        return;
    usage->stacks = memory_resized(usage->stacks, count, sizeof *usage->stacks);
    memset(usage->stacks + known, 0, (count - known) * sizeof *usage->stacks);
    usage->stack_count = count;
}

static void diff_use(struct diff_work *work)
{
    struct diff_items items[STACK_KEYS_SIDES] = {{0}};
    const struct model *old = work->sides[STACK_KEYS_BEFORE]->model;
    struct diff_items *before = &items[STACK_KEYS_BEFORE];

    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        diff_list_stacks(work->sides[side]->model, &items[side]);
    diff_join(&work->keys, items, UINT32_MAX);
    for (uint32_t i = 0; i < before->count; i++) {
        struct diff_item *item = &before->items[i];

        item->more_stacks[0] = item->twin == DIFF_NO_TWIN
                                   ? stack_graft_put(&work->graft, item->stack)
                                   : items[STACK_KEYS_NOW].items[item->twin].stack;
    }
    diff_want_stacks(work);
    for (uint32_t i = 0; i < before->count; i++)
        work->diff->use_before[before->items[i].more_stacks[0]] =
            old->usage->stacks[before->items[i].stack];
    for (int side = 0; side < STACK_KEYS_SIDES; side++)
        diff_items_free(&items[side]);
}

/* --- all of it ----------------------------------------------------------- */

void log_diff_make(struct log_diff *diff, const struct options *options, struct diff_side *old,
                   struct diff_side *now, uint32_t frames)
{
    struct diff_work work = {
        .diff = diff, .options = options, .sides = {old, now}, .frames = frames};

    *diff = (struct log_diff){.old = old->model};
    stack_keys_begin(&work.keys, options, old->model, old->symbolizer, now->model, now->symbolizer);
    stack_graft_begin(&work.graft, old->model, now->model, work.keys.twins[STACK_KEYS_BEFORE]);
    diff_misuses(&work);
    diff_records(&work);
    diff_sums(&work);
    if (old->model->usage && now->model->usage)
        diff_use(&work);
    stack_graft_end(&work.graft);
    stack_keys_end(&work.keys);
}

void log_diff_free(struct log_diff *diff)
{
    free(diff->use_before);
}
