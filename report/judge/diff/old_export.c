#include "judge/diff/old_export.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include "base/document.h"
#include "base/memory.h"
#include "base/signal_name.h"
#include "judge/export_words.h"
#include "read/stack_use.h"

#define OLD_VERSION 1 /* of the document: docs/json.md */

static uint64_t old_number(const struct document_value *object, const char *name)
{
    return document_number(document_member(object, name));
}

/* For free; NULL: it is not known. */
static char *old_copy(const struct document_value *object, const char *name)
{
    const char *text = document_text(document_member(object, name));

    return *text ? memory_text("%s", text) : NULL;
}

/* --- processes of the document ------------------------------------------- */

static void old_put(struct process_tree *tree, const char *path, const struct stat *file,
                    const struct document_value *process)
{
    const char *executable = document_text(document_member(process, "executable"));
    const char *slash = strrchr(executable, '/');

    process_tree_put(tree, (struct process_entry){
                               .path = path,
                               .program = memory_text("%s", slash ? slash + 1 : executable),
                               .device = file->st_dev,
                               .inode = file->st_ino,
                               .pid = (uint32_t)old_number(process, "pid"),
                               .parent_pid = (uint32_t)old_number(process, "parent_pid"),
                               .started_ns = old_number(process, "started_ns"),
                               .exported = process,
                               .parent = PROCESS_NONE,
                           });
}

static int old_check(const struct document_value *root, const char *path, struct failure *failure)
{
    if (strcmp(document_text(document_member(root, "format")), "leakreport") != 0)
        return failure_set(failure,
                           "%s is neither a log nor a document of leakreport --format=json", path);
    if (old_number(root, "version") != OLD_VERSION)
        return failure_set(failure,
                           "%s is a document of version %llu, and this leakreport reads version "
                           "%d: make it anew from its log",
                           path, (unsigned long long)old_number(root, "version"), OLD_VERSION);
    if (!document_count(document_member(root, "processes")))
        return failure_set(failure, "%s has no process in it", path);
    return 0;
}

int old_export_add(struct process_tree *tree, const char *path, struct failure *failure)
{
    struct document *document = document_read(path, failure);
    struct stat file = {0};

    if (!document)
        return -1;
    process_tree_keep(tree, document);
    if (old_check(document_root(document), path, failure) != 0)
        return -1;
    stat(path, &file);
    const struct document_value *processes = document_member(document_root(document), "processes");
    for (uint32_t i = 0; i < document_count(processes); i++)
        old_put(tree, path, &file, document_item(processes, i));
    return 0;
}

/* --- the process --------------------------------------------------------- */

static int old_signal(const char *ending)
{
    for (int number = 1; number < 65; number++) {
        const char *name = signal_name(number);

        if (name && strcmp(name, ending) == 0)
            return number;
    }
    return 0;
}

/* In the words of words_ending_short. */
static void old_ending(struct model *model, const char *text)
{
    static const struct {
        const char *pattern;
        uint32_t ending;
    } endings[] = {{"exit %d", TRACE_RETURNED},
                   {"_exit %d", TRACE_EXITED_FAST},
                   {"quick_exit %d", TRACE_QUICK_EXITED},
                   {"signal %d", TRACE_SIGNALED},
                   {"exec %d", TRACE_EXECED}};

    model->process = strcmp(text, "running") == 0    ? PROCESS_RUNNING
                     : strcmp(text, "snapshot") == 0 ? PROCESS_WENT_ON
                     : strcmp(text, "not seen") == 0 ? PROCESS_UNSEEN
                                                     : PROCESS_GONE;
    model->header.ending_value = old_signal(text);
    model->header.ending = model->header.ending_value ? TRACE_SIGNALED : TRACE_RUNNING;
    for (size_t i = 0; i < sizeof endings / sizeof *endings; i++) {
        int value;

        if (sscanf(text, endings[i].pattern, &value) != 1)
            continue;
        model->header.ending = endings[i].ending;
        model->header.ending_value = value;
    }
    if (model->header.ending != TRACE_RUNNING)
        model->process = PROCESS_ENDED;
}

static void old_totals(struct model *model, const struct document_value *process)
{
    const struct document_value *totals = document_member(process, "totals");

    model->totals = (struct trace_totals){.allocations = old_number(totals, "allocations"),
                                          .frees = old_number(totals, "frees"),
                                          .bad_frees = old_number(totals, "bad_frees"),
                                          .bytes_allocated = old_number(totals, "bytes_allocated"),
                                          .bytes_freed = old_number(totals, "bytes_freed")};
    model->bytes_in_use = old_number(totals, "bytes_in_use");
    model->blocks_in_use = old_number(totals, "blocks_in_use");
}

static void old_identity(struct model *model, const struct document_value *process)
{
    model->is_export = true;
    model->header.pid = (uint32_t)old_number(process, "pid");
    model->header.parent_pid = (uint32_t)old_number(process, "parent_pid");
    model->header.start_realtime_ns = old_number(process, "started_ns");
    model->header.end_realtime_ns = old_number(process, "ended_ns");
    model->header.sample_bytes = old_number(process, "sample_bytes");
    model->command = old_copy(process, "command");
    model->executable = old_copy(process, "executable");
    model->became = old_copy(process, "became");
    model->has_verdicts = old_number(process, "has_kinds");
    old_ending(model, document_text(document_member(process, "ending")));
    old_totals(model, process);
}

static void old_notes(struct model *model, const struct document_value *process)
{
    const struct document_value *notes = document_member(process, "notes");

    for (uint32_t i = 0; i < document_count(notes); i++)
        model->has_gaps |= old_number(document_item(notes, i), "gap") != 0;
}

const char *old_export_doubt(const struct old_export *export)
{
    const struct document_value *notes = document_member(export->process, "notes");

    for (uint32_t i = 0; i < document_count(notes); i++) {
        const char *kind = document_text(document_member(document_item(notes, i), "kind"));

        if (strcmp(kind, "FILTERED") == 0 || strcmp(kind, "LIMITED") == 0)
            return "the document was made with --filter or --limit";
    }
    return document_member(export->process, "diff")->kind == DOCUMENT_OBJECT
               ? "the document is of a comparison itself, which leaves out errors that were known"
               : NULL;
}

/* --- modules ------------------------------------------------------------- */

static void old_build_id(struct module *module, const char *text)
{
    unsigned byte;

    while (module->build_id_size < sizeof module->build_id && sscanf(text, "%2x", &byte) == 1) {
        module->build_id[module->build_id_size++] = (uint8_t)byte;
        text += strnlen(text, 2);
    }
}

/* At no address: no variable of theirs is to be looked for. */
static void old_modules(struct model *model, const struct document_value *process)
{
    const struct document_value *modules = document_member(process, "modules");
    uint32_t count = document_count(modules);

    model->module_count = count ? count : 1;
    model->modules = memory_zeroed(model->module_count, sizeof *model->modules);
    for (uint32_t i = 1; i < count; i++) {
        const struct document_value *from = document_item(modules, i);
        struct module *module = &model->modules[i];

        module->path = memory_text("%s", document_text(document_member(from, "path")));
        module->present = true;
        module->bias = old_number(from, "bias");
        module->is_program = old_number(from, "is_program");
        old_build_id(module, document_text(document_member(from, "build_id")));
    }
}

/* --- what the stacks did ------------------------------------------------- */

static void old_use(const struct old_export *export, struct model *model,
                    const struct document_value *stacks)
{
    struct usage *usage = model->usage;

    usage->stack_count = model_stack_count(model);
    usage->stacks = memory_zeroed(usage->stack_count, sizeof *usage->stacks);
    for (unsigned figure = 0; figure < STACK_USE_FIGURES; figure++) {
        const struct document_value *column = document_member(stacks, stack_use_name(figure));

        for (uint32_t i = 0; i < export->stacks.count; i++)
            *stack_use_figure(&usage->stacks[export->stacks.stacks[i]], figure) +=
                document_at(column, i);
    }
}

static void old_errors(const struct old_export *export, struct model *model,
                       const struct document_value *errors)
{
    for (uint32_t i = 0; i < document_count(errors); i++) {
        const struct document_value *error = document_item(errors, i);
        struct misuse misuse = {
            .record.kind = export_error_kind_of(document_text(document_member(error, "kind"))),
            .record.count = old_number(error, "count"),
            .stack = export_stacks_number(&export->stacks, old_number(error, "stack")),
            .stack_allocated =
                export_stacks_number(&export->stacks, old_number(error, "stack_allocated")),
            .stack_freed = export_stacks_number(&export->stacks, old_number(error, "stack_freed"))};

        memory_reserve(model->misuses, model->misuse_count, model->misuse_capacity);
        model->misuses[model->misuse_count++] = misuse;
    }
}

void old_export_read(struct old_export *export, const struct document_value *process,
                     uint32_t depth, struct model *model)
{
    const struct document_value *stacks = document_member(process, "stacks");

    *export = (struct old_export){.process = process};
    old_identity(model, process);
    old_notes(model, process);
    old_modules(model, process);
    export_stacks_read(&export->stacks, process, depth, model);
    if (model->usage)
        old_use(export, model, stacks);
    old_errors(export, model, document_member(process, "errors"));
}

/* --- loss records -------------------------------------------------------- */

/* Where kinds are not compared, what is lost through others is in records of its own. */
static struct loss_record old_record(const struct old_export *export, const struct model *model,
                                     const struct document_value *records, uint32_t i)
{
    const struct document_value *kinds = document_member(records, "kind");
    struct loss_record record = {
        .kind = (uint8_t)export_kind_of(document_text(document_item(kinds, i))),
        .stack = export_stacks_number(&export->stacks,
                                      document_at(document_member(records, "stack"), i)),
        .blocks = document_at(document_member(records, "blocks"), i),
        .bytes = document_at(document_member(records, "bytes"), i),
        .indirect_blocks = document_at(document_member(records, "indirect_blocks"), i),
        .indirect_bytes = document_at(document_member(records, "indirect_bytes"), i)};

    /* Which heads it hangs on is not in the document. */
    if (record.kind == BLOCK_INDIRECTLY_LOST &&
        document_at(document_member(records, "suppressed"), i)) {
        record.suppressed_blocks = record.blocks;
        record.suppressed_bytes = record.bytes;
    }
    if (record.kind < BLOCK_KINDS_COUNT && !model->has_verdicts) {
        record.kind = BLOCK_LIVE;
        record.indirect_blocks = record.indirect_bytes = 0;
    }
    return record;
}

void old_export_records(const struct old_export *export, const struct model *model, uint32_t frames,
                        struct loss_records *records)
{
    const struct document_value *from = document_member(export->process, "records");
    uint32_t count = document_count(document_member(from, "kind")), kept = 0;
    struct loss_record *given = memory_zeroed(count + 1, sizeof *given);

    for (uint32_t i = 0; i < count; i++) {
        given[kept] = old_record(export, model, from, i);
        kept += given[kept].kind < BLOCK_KINDS_COUNT && given[kept].blocks > 0;
    }
    group_records(records, model, given, kept, frames);
    free(given);
}

void old_export_free(struct old_export *export)
{
    export_stacks_free(&export->stacks);
}
