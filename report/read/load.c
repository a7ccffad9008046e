#include "read/load.h"
#include <inttypes.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "read/load_ages.h"
#include "read/load_blocks.h"
#include "read/load_checks.h"
#include "read/load_generated.h"
#include "read/load_growth.h"
#include "read/load_graph.h"
#include "read/load_names.h"
#include "read/load_stale.h"
#include "read/load_stacks.h"
#include "read/load_usage.h"
#include "read/losses.h"
#include "read/process.h"

/* All strings of a log are paths. A longer one is damage, and were it taken over, each of many
 * modules could claim the whole table. */
#define SUPPRESSIONS_MAX (1u << 16) /* bytes */

static char *load_text(const struct log_reader *reader, struct trace_string string, size_t most)
{
    const char *bytes = log_reader_string(reader, string);

    return bytes && string.length <= most ? memory_copy_bytes(bytes, string.length) : NULL;
}

static char *load_string(const struct log_reader *reader, struct trace_string string)
{
    return load_text(reader, string, PATH_MAX);
}

/* --- the process --------------------------------------------------------- */

/* The kernel's own limit for arguments and environment together. */
enum { LOAD_COMMAND_MAX = 6 << 20 };

static void load_command(const struct log_reader *reader, struct model *model)
{
    uint32_t count;
    const struct log_extent *extent = log_reader_extents(reader, TRACE_COMMAND, &count);

    if (count == 0)
        return;
    size_t length = extent->count < LOAD_COMMAND_MAX ? extent->count : LOAD_COMMAND_MAX;
    while (length && extent->bytes[length - 1] == 0)
        length--;
    model->arguments_size = length + 1;
    model->arguments = memory_zeroed(model->arguments_size, 1);
    memcpy(model->arguments, extent->bytes, length);
    model->command = memory_zeroed(model->arguments_size, 1);
    for (size_t i = 0; i < length; i++)
        model->command[i] = model->arguments[i] ? model->arguments[i] : ' ';
}

/* Its NULs as line ends; a path's own line ends cannot be told from those, and are none. */
static char *load_open_files(const struct log_reader *reader)
{
    struct trace_string string = reader->header.open_files;
    const char *bytes = log_reader_string(reader, string);
    char *text = bytes ? memory_copy_bytes(bytes, string.length) : memory_copy_bytes("", 0);

    for (uint32_t i = 0; bytes && i < string.length; i++)
        text[i] = bytes[i] == 0 ? '\n' : bytes[i] == '\n' ? '?' : bytes[i];
    return text;
}

/* The time of its making tells files apart that have had one inode number after the other. Where it
 * is not known the device decides, whose number may be another one when it is mounted again. */
static bool load_is_copy(const struct log_reader *reader)
{
    const struct trace_file *made = &reader->header.file;
    const struct log_file *file = &reader->file;

    if (!made->inode)
        return false;
    if (made->inode != file->inode)
        return true;
    return made->born_ns && file->born_ns ? made->born_ns != file->born_ns
                                          : made->device != file->device;
}

static void load_running(const struct trace_header *header, struct model *model)
{
    uint32_t pid = process_find(
        &(struct process_name){header->pid, header->start_ticks, header->pid_namespace});

    model->process = pid                                         ? PROCESS_RUNNING
                     : process_is_visible(header->pid_namespace) ? PROCESS_GONE
                                                                 : PROCESS_UNSEEN;
    if (pid && process_has_own_root(pid))
        model->root = memory_text("/proc/%" PRIu32 "/root", pid);
}

static void load_process(const struct log_reader *reader, struct model *model)
{
    const struct trace_header *header = &reader->header;

    model->header = *header;
    load_command(reader, model);
    model->executable = load_string(reader, header->executable);
    model->tracer = load_string(reader, header->tracer);
    model->became = load_string(reader, header->became);
    model->suppressions = load_text(reader, header->suppressions, SUPPRESSIONS_MAX);
    if (header->flags & TRACE_FLAG_OPEN_FILES)
        model->open_files = load_open_files(reader);
    model->is_copy = load_is_copy(reader);
    if (header->ending != TRACE_RUNNING)
        model->process = PROCESS_ENDED;
    else
        load_running(header, model);
    if (header->flags & TRACE_FLAG_SNAPSHOT)
        model->process = PROCESS_WENT_ON;
    load_generated(reader, model);
}

/* --- what the process was before ----------------------------------------- */

static void load_earlier_one(struct model *model, struct trace_earlier *record)
{
    const struct trace_totals *totals = &record->totals;
    size_t length =
        record->length < sizeof record->command ? record->length : sizeof record->command;
    char *figures = memory_text(
        "%s allocs, %s frees, %s bytes allocated, %s errors", number_text(totals->allocations).text,
        number_text(totals->frees + totals->bad_frees).text,
        number_text(totals->bytes_allocated).text, number_text(record->errors).text);

    while (length && record->command[length - 1] == 0)
        length--;
    for (size_t i = 0; i < length; i++)
        record->command[i] = record->command[i] ? record->command[i] : ' ';
    char *command = memory_text("%.*s%s", (int)length, record->command,
                                record->length > sizeof record->command ? "..." : "");
    model_add_note(model, NOTE_PROGRAM_BEFORE, 0, command, figures);
    free(command);
    free(figures);
}

/* Memory of a program that is no more leaks nothing, and neither did valgrind count it. */
static void load_earlier(const struct log_reader *reader, struct model *model)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_EARLIER);
    struct trace_earlier record;
    uint32_t listed =
        model->header.earlier < TRACE_EARLIER_MAX ? model->header.earlier : TRACE_EARLIER_MAX;

    if (model->header.earlier > listed)
        model_add_note(model, NOTE_PROGRAMS_BEFORE, model->header.earlier - listed, NULL, NULL);
    for (uint32_t i = 0; i < listed && log_reader_next(&walk, &record); i++)
        if (record.start_realtime_ns)
            load_earlier_one(model, &record);
}

/* A program that loads and unloads a library again and again has a module for each time. A table
 * cannot hold more records than the file has bytes for, and a file may claim bytes that it has not.
 */
enum { LOAD_MODULES_MAX = 1 << 20 };

/* --- modules ------------------------------------------------------------- */

static void load_module(const struct log_reader *reader, const struct trace_module *record,
                        struct module *module)
{
    module->present = true;
    module->start = record->start;
    module->end = record->end;
    module->bias = record->bias;
    module->unmapped = record->unmapped_ns != 0;
    module->is_program = record->is_program == 1;
    module->build_id_size = record->build_id_size <= sizeof record->build_id
                                ? record->build_id_size
                                : (uint32_t)sizeof record->build_id;
    memcpy(module->build_id, record->build_id, sizeof module->build_id);
    module->file_size = record->file_size;
    module->file_inode = record->file_inode;
    module->file_time_ns = record->file_time_ns;
    module->path = load_string(reader, record->path);
    if (!module->path)
        module->path = memory_text("%s", "");
}

/* Numbers that were not filled are absent modules: those of a gap between extents, of a hole. */
static struct module *load_reserve_module(struct model *model, uint32_t number, uint32_t *capacity)
{
    if (number >= *capacity) {
        uint32_t wanted = number + number / 2 + 16;

        model->modules = memory_resized(model->modules, wanted, sizeof *model->modules);
        memset(model->modules + *capacity, 0, (wanted - *capacity) * sizeof *model->modules);
        *capacity = wanted;
    }
    if (number >= model->module_count)
        model->module_count = number + 1;
    return &model->modules[number];
}

static void load_modules(const struct log_reader *reader, struct model *model)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_MODULES);
    struct trace_module record;
    uint64_t most = reader->size / sizeof record, unbelievable = 0;
    uint32_t capacity = 0;

    load_reserve_module(model, 0, &capacity);
    while (log_reader_next(&walk, &record)) {
        if (!record.start || !walk.index)
            continue;
        if (walk.index < most && walk.index <= LOAD_MODULES_MAX)
            load_module(reader, &record,
                        load_reserve_module(model, (uint32_t)walk.index, &capacity));
        else
            unbelievable++;
    }
    if (unbelievable)
        model_add_note(model, NOTE_MODULES_DAMAGED, unbelievable, NULL, NULL);
}

/* --- totals -------------------------------------------------------------- */

static void load_sum_of_counts(const struct log_reader *reader, struct trace_totals *totals)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_ACCOUNTS);
    struct trace_account record;

    while (log_reader_next(&walk, &record)) {
        totals->allocations += record.allocations;
        totals->frees += record.frees;
        totals->bytes_allocated += record.bytes_allocated;
        totals->bytes_freed += record.bytes_freed;
    }
}

static void load_bad_frees(const struct log_reader *reader, struct trace_totals *totals)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_THREADS);
    struct trace_thread record;

    while (log_reader_next(&walk, &record))
        totals->bad_frees += record.bad_frees;
}

static void load_totals(const struct log_reader *reader, struct model *model)
{
    model->totals = model->header.totals;
    if ((model->process == PROCESS_ENDED || model->process == PROCESS_WENT_ON) &&
        model->totals.allocations)
        return;
    model->totals = (struct trace_totals){0};
    model->totals_summed = true;
    load_sum_of_counts(reader, &model->totals);
    load_bad_frees(reader, &model->totals);
}

static void load_in_use(struct model *model)
{
    const struct trace_totals *totals = &model->totals;

    if (totals->bytes_allocated > totals->bytes_freed)
        model->bytes_in_use = totals->bytes_allocated - totals->bytes_freed;
    if (totals->allocations > totals->frees)
        model->blocks_in_use = totals->allocations - totals->frees;
}

/* --- errors -------------------------------------------------------------- */

/* As in valgrind: errors are of one context when the bad call and its next callers are the same,
 * whatever block it hit. */
enum { LOAD_CONTEXT_FRAMES = 4, LOAD_ABORT_TEXT = 256 };
struct load_context {
    uint64_t given;
    uint32_t kind;
    uint32_t frames[LOAD_CONTEXT_FRAMES + 1]; /* one more for unknown stacks; no padding */
};

static uint32_t load_context_number(struct intern *contexts, const struct model *model,
                                    const struct misuse *misuse)
{
    struct load_context key = {.given = misuse->record.given, .kind = misuse->record.kind};
    struct stack stack = model_stack(model, misuse->stack);

    for (uint32_t i = 0; i < LOAD_CONTEXT_FRAMES && i < stack.count; i++)
        key.frames[i] = stack.frames[i] + 1;
    /* Of two unknown stacks nobody can say that they are the same. */
    if (stack.count == 0)
        key.frames[LOAD_CONTEXT_FRAMES] = model->misuse_count + 1;
    return intern_put(contexts, &key, sizeof key);
}

/* An address of a module as a stack: it may be code. */
static uint32_t load_place(struct model *model, uint64_t address)
{
    uint32_t module = model_module_at(model, address);
    uint32_t words[2] = {STACK_WHOLE, model_put_frame(model, address + 1, module)};

    return model_put_stack(model, words, 1, UINT64_MAX);
}

static void load_abort(struct stack_loader *stacks, const struct trace_error *record,
                       struct misuse *misuse)
{
    struct trace_string text = {record->text, record->text_length, 0};

    misuse->text = load_text(stacks->reader, text, LOAD_ABORT_TEXT);
    misuse->stack_overwritten = load_stack(stacks, record->overwritten.stack_allocated);
}

static void load_misuse(struct stack_loader *stacks, struct intern *contexts, struct model *model,
                        const struct trace_error *record, uint64_t index)
{
    struct misuse misuse = {
        .record = *record, .first = index, .stack = load_stack(stacks, record->stack)};
    misuse.record.count += misuse.record.count == 0;
    uint32_t number = load_context_number(contexts, model, &misuse);
    if (number < model->misuse_count) {
        model->misuses[number].record.count += misuse.record.count;
        return;
    }
    misuse.stack_allocated = load_stack(stacks, record->stack_allocated);
    misuse.stack_freed = load_stack(stacks, record->stack_freed);
    if (record->kind == TRACE_MALLOC_ABORT)
        load_abort(stacks, record, &misuse);
    if (record->address_kind == TRACE_ADDRESS_DATA)
        misuse.stack_place = load_place(model, record->address);
    memory_reserve(model->misuses, model->misuse_count, model->misuse_capacity);
    model->misuses[model->misuse_count++] = misuse;
}

static void load_misuses(struct stack_loader *stacks, struct model *model)
{
    struct log_walk walk = log_reader_walk(stacks->reader, TRACE_ERRORS);
    struct trace_error record;
    struct intern contexts = {0};
    uint64_t damaged = 0;

    while (log_reader_next(&walk, &record))
        if (record.kind > TRACE_ERROR_LAST)
            damaged++;
        else if (record.kind)
            load_misuse(stacks, &contexts, model, &record, walk.index);
    intern_free(&contexts);
    if (damaged)
        model_add_note(model, NOTE_ERRORS_DAMAGED, damaged, NULL, NULL);
}

/* Of lost blocks: only then does anything point to a head. */
static bool load_has_cycle(const struct model *model)
{
    for (size_t b = 0; b < model->block_count; b++)
        if (model->blocks[b].kind == BLOCK_DEFINITELY_LOST && model->blocks[b].pointer_at)
            return true;
    return false;
}

void load_log(const struct log_reader *reader, uint32_t depth, struct model *model)
{
    struct stack_loader stacks;

    load_process(reader, model);
    load_earlier(reader, model);
    load_totals(reader, model);
    for (uint32_t i = 0; i < reader->damage_count; i++)
        model_add_note(model, NOTE_LOG_DAMAGED, 0, reader->damage[i], NULL);
    losses_note(model);
    load_checks(reader, model);
    load_modules(reader, model);
    load_stacks_begin(&stacks, reader, model, depth);
    load_names(reader, model);
    if (!model->only_errors)
        load_blocks(&stacks, model);
    if (model->wants_graph || (model->wants_cycles && load_has_cycle(model)))
        load_graph(reader, model);
    load_in_use(model);
    load_misuses(&stacks, model);
    load_stale(&stacks, model);
    model->ending_stack = load_stack(&stacks, model->header.ending_stack);
    load_most_resident(reader, model);
    load_mapped(reader, model);
    if (model->usage)
        load_usage(&stacks, model);
    if (model->history)
        load_growth(&stacks, model);
    if (model->ages)
        load_ages(&stacks, model);
    load_stacks_end(&stacks);
}
