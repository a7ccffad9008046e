#include "judge/select.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "judge/stack_view.h"
#include "symbols/instruction.h"

static int select_load(struct suppressions *suppressions, const struct options *options,
                       struct failure *failure)
{
    for (size_t i = 0; i < options->suppressions.count; i++)
        if (suppress_load(suppressions, options->suppressions.items[i], failure) != 0)
            return -1;
    return 0;
}

struct suppressions *select_suppressions(const struct options *options, struct failure *failure)
{
    struct suppressions *suppressions = suppress_new(options->num_callers);

    if (select_load(suppressions, options, failure) == 0)
        return suppressions;
    suppress_free(suppressions);
    return NULL;
}

static enum suppress_kind select_access_kind(uint32_t size)
{
    static const struct {
        uint32_t size;
        enum suppress_kind kind;
    } kinds[] = {{1, SUPPRESS_ADDR1},
                 {2, SUPPRESS_ADDR2},
                 {4, SUPPRESS_ADDR4},
                 {16, SUPPRESS_ADDR16},
                 {32, SUPPRESS_ADDR32}};

    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
        if (kinds[i].size == size)
            return kinds[i].kind;
    return size > 32 ? SUPPRESS_ADDR32 : SUPPRESS_ADDR8;
}

enum suppress_kind select_suppress_kind(const struct misuse *misuse)
{
    switch (misuse->record.kind) {
    case TRACE_WRONG_SIZE:
        return SUPPRESS_SIZE_MISMATCH;
    case TRACE_WRONG_ALIGNMENT:
        return SUPPRESS_ALIGN_MISMATCH;
    case TRACE_REALLOC_ZERO:
        return SUPPRESS_REALLOC_ZERO;
    case TRACE_INVALID_READ:
    case TRACE_INVALID_WRITE:
        return select_access_kind(misuse->access_size);
    case TRACE_SYSCALL_PARAM:
        return misuse->record.given < TRACE_PARAMETERS_COUNT
                   ? (enum suppress_kind)(SUPPRESS_PARAM + misuse->record.given)
                   : SUPPRESS_FREE;
    default:
        return SUPPRESS_FREE;
    }
}

unsigned select_leak_kinds(const struct loss_record *record)
{
    return record->kind == BLOCK_LIVE ? (unsigned)SUPPRESS_ALL_LEAKS : 1u << record->kind;
}

static struct suppress_entry *select_find(struct selection *selection, enum suppress_kind kind,
                                          unsigned leak_kinds, const struct model *model,
                                          struct symbolizer *symbolizer, uint32_t stack)
{
    struct stack_view view;

    stack_view_begin(&view, model, symbolizer, stack, false);
    struct suppress_stack callbacks = stack_view_callbacks(&view);
    struct suppress_entry *entry =
        suppress_find(selection->suppressions, kind, leak_kinds, &callbacks);
    stack_view_end(&view);
    return entry;
}

/* --- the program's errors ------------------------------------------------ */

/* The address lies in a frame of the stack of the call itself. */
static void select_find_creator(struct misuse *misuse, const struct model *model,
                                struct symbolizer *symbolizer)
{
    struct stack stack = model_stack(model, misuse->stack);
    uint64_t frame = misuse->record.block;

    if (frame && frame < stack.count)
        misuse->creator = symbolize_function(symbolizer, stack.frames[frame]);
}

/* A variable, or else a part of a file, whose code has a place in the source. */
static void select_find_place(struct misuse *misuse, const struct model *model,
                              struct symbolizer *symbolizer)
{
    struct segment segment;
    uint64_t address = misuse->record.address;
    uint32_t module;

    misuse->variable = symbolize_data(symbolizer, address, &misuse->variable_offset);
    if (misuse->variable || !symbolize_segment(symbolizer, address, &module, &segment))
        return;
    misuse->place_file = model->modules[module].path;
    misuse->place_section = segment.section;
    memcpy(misuse->place_access, segment.access, sizeof segment.access);
    symbolize_stack(symbolizer, misuse->stack_place);
}

static void select_symbolize_misuse(struct misuse *misuse, const struct model *model,
                                    struct symbolizer *symbolizer)
{
    symbolize_stack(symbolizer, misuse->stack);
    symbolize_stack(symbolizer, misuse->stack_allocated);
    symbolize_stack(symbolizer, misuse->stack_freed);
    if (misuse->record.kind == TRACE_MALLOC_ABORT)
        symbolize_stack(symbolizer, misuse->stack_overwritten);
    if (misuse->record.address_kind == TRACE_ADDRESS_DATA)
        select_find_place(misuse, model, symbolizer);
    if (misuse->record.address_kind == TRACE_ADDRESS_STACK)
        select_find_creator(misuse, model, symbolizer);
}

static bool select_wants(const struct options *options, const struct misuse *misuse)
{
    switch (misuse->record.kind) {
    case TRACE_MISMATCHED_FREE:
    case TRACE_WRONG_SIZE:
    case TRACE_WRONG_ALIGNMENT:
        return options->mismatched_frees;
    default:
        return true;
    }
}

/* What is no error to the user is not in the model: no list and no sum has it. */
static void select_drop_misuses(const struct options *options, struct model *model)
{
    uint32_t kept = 0;

    for (uint32_t i = 0; i < model->misuse_count; i++)
        if (select_wants(options, &model->misuses[i]))
            model->misuses[kept++] = model->misuses[i];
    model->misuse_count = kept;
}

static void select_misuses(struct selection *selection, const struct options *options,
                           struct model *model, struct symbolizer *symbolizer)
{
    for (uint32_t i = 0; i < model->misuse_count; i++) {
        struct misuse *misuse = &model->misuses[i];
        uint64_t times = misuse->record.count;
        const struct trace_error *record = &misuse->record;

        if (record->kind == TRACE_INVALID_READ || record->kind == TRACE_INVALID_WRITE)
            misuse->access_size =
                instruction_access_size(record->instruction, sizeof record->instruction,
                                        record->kind == TRACE_INVALID_WRITE);
        struct suppress_entry *entry = select_find(selection, select_suppress_kind(misuse), 0,
                                                   model, symbolizer, misuse->stack);

        misuse->suppressed = entry;
        if (entry) {
            suppress_count(entry, times, 0, 0);
            selection->suppressed_errors += times;
            selection->suppressed_contexts++;
            selection->suppressed_misuses++;
        } else {
            selection->errors += times;
            selection->contexts++;
        }
        if (!entry || options->show_suppressed)
            select_symbolize_misuse(misuse, model, symbolizer);
    }
}

/* --- loss records -------------------------------------------------------- */

/* Would it count, were it not suppressed? */
static bool select_is_error(const struct options *options, const struct loss_record *record)
{
    return options->leak_check == CLI_CHECK_FULL && record->kind != BLOCK_LIVE &&
           (options->error_kinds >> record->kind & 1);
}

static void select_suppress_records(struct selection *selection, const struct options *options,
                                    struct model *model, struct loss_records *records,
                                    struct symbolizer *symbolizer)
{
    for (uint32_t i = 0; i < records->count; i++) {
        struct loss_record *record = &records->records[i];
        struct suppress_entry *entry = select_find(
            selection, SUPPRESS_LEAK, select_leak_kinds(record), model, symbolizer, record->stack);

        if (!entry)
            continue;
        suppress_count(entry, 1, record->bytes, record->blocks);
        record->suppressed = true;
        record->suppressed_by = entry;
        record->suppressed_bytes = record->bytes;
        record->suppressed_blocks = record->blocks;
        record->is_error = select_is_error(options, record);
        selection->suppressed_errors += record->is_error;
        selection->suppressed_contexts += record->is_error;
    }
}

/* A record of indirectly lost blocks may hang on several heads, of which some are suppressed. */
static void select_suppress_hanging(struct selection *selection, const struct model *model,
                                    struct loss_records *records)
{
    for (size_t i = 0; i < model->block_count; i++) {
        const struct block *block = &model->blocks[i];

        if (block->kind != BLOCK_INDIRECTLY_LOST || block->head == BLOCK_NO_HEAD)
            continue;
        struct loss_record *record = &records->records[records->of_block[i]];
        if (record->suppressed || !records->records[records->of_block[block->head]].suppressed)
            continue;
        record->suppressed_bytes += block->size;
        record->suppressed_blocks++;
        selection->hanging_blocks++;
    }
    for (uint32_t i = 0; i < records->count; i++)
        if (records->records[i].suppressed_blocks == records->records[i].blocks)
            records->records[i].suppressed = true;
}

static void select_judge_record(struct selection *selection, const struct options *options,
                                struct loss_record *record)
{
    selection->bytes[record->kind] += record->bytes - record->suppressed_bytes;
    selection->blocks[record->kind] += record->blocks - record->suppressed_blocks;
    selection->suppressed_bytes += record->suppressed_bytes;
    selection->suppressed_blocks += record->suppressed_blocks;
    if (record->suppressed || options->leak_check != CLI_CHECK_FULL)
        return;
    record->shown = options->show_leaks && !options->xtree_leak &&
                    (record->kind == BLOCK_LIVE || (options->show_kinds >> record->kind & 1));
    record->is_error = select_is_error(options, record);
    selection->errors += record->is_error;
    selection->contexts += record->is_error;
}

bool select_lists_suppressed(const struct options *options, const struct loss_record *record)
{
    return options->show_suppressed && record->suppressed_by && record->is_error;
}

static void select_symbolize_shown(const struct options *options,
                                   const struct loss_records *records,
                                   struct symbolizer *symbolizer)
{
    uint32_t *stacks = memory_resized(NULL, records->count, sizeof *stacks), count = 0;

    for (uint32_t i = 0; i < records->count; i++)
        if (records->records[i].shown || select_lists_suppressed(options, &records->records[i]))
            stacks[count++] = records->records[i].stack;
    symbolize_stacks(symbolizer, stacks, count);
    free(stacks);
}

static void select_sum_heuristics(struct selection *selection, const struct model *model)
{
    for (size_t i = 0; i < model->block_count; i++) {
        const struct block *block = &model->blocks[i];

        if (block->kind != BLOCK_REACHABLE || block->heuristic == TRACE_NO_HEURISTIC)
            continue;
        selection->heuristic_bytes[block->heuristic] += block->size;
        selection->heuristic_blocks[block->heuristic]++;
    }
}

void select_records(struct selection *selection, const struct options *options, struct model *model,
                    struct loss_records *records, struct symbolizer *symbolizer,
                    struct suppressions *suppressions)
{
    memset(selection, 0, sizeof *selection);
    selection->suppressions = suppressions;
    select_drop_misuses(options, model);
    select_misuses(selection, options, model, symbolizer);
    if (options->leak_check != CLI_CHECK_NO) {
        select_suppress_records(selection, options, model, records, symbolizer);
        select_suppress_hanging(selection, model, records);
    }
    for (uint32_t i = 0; i < records->count; i++)
        select_judge_record(selection, options, &records->records[i]);
    select_symbolize_shown(options, records, symbolizer);
    select_sum_heuristics(selection, model);
    symbolize_stack(symbolizer, model->ending_stack);
}
