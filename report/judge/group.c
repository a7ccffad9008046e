#include "judge/group.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

enum { GROUP_FRAMES_MAX = 4 }; /* of the resolutions that do not compare all */

/* What makes two blocks fall into one record. */
struct group_key {
    uint32_t kind;
    uint32_t stack; /* all frames are compared: the stack's number says it all */
    uint32_t frames[GROUP_FRAMES_MAX];
};

static void group_make_key(struct group_key *key, const struct model *model,
                           const struct block *block, uint32_t frames)
{
    memset(key, 0, sizeof *key);
    key->kind = block->kind;
    if (frames > GROUP_FRAMES_MAX) {
        key->stack = block->stack;
        return;
    }
    struct stack stack = model_stack(model, block->stack);
    for (uint32_t i = 0; i < stack.count && i < frames; i++)
        key->frames[i] = stack.frames[i] + 1;
}

static void group_add_block(struct loss_record *record, const struct model *model,
                            const struct block *block)
{
    if (record->blocks == 0) {
        record->kind = block->kind;
        record->stack = block->stack;
    } else if (model->stack_ages[block->stack] < model->stack_ages[record->stack]) {
        record->stack = block->stack;
    }
    struct trace_weight weight =
        trace_weight(model->header.sample_bytes, block->address, block->size);
    record->blocks += weight.blocks;
    record->bytes += weight.bytes;
    record->samples += model->header.sample_bytes != 0;
}

/* A head's record also carries what is lost through it. */
static void group_add_indirect(struct loss_records *records, const struct model *model)
{
    for (size_t i = 0; i < model->block_count; i++) {
        const struct block *block = &model->blocks[i];

        if (block->head == BLOCK_NO_HEAD || block->kind != BLOCK_INDIRECTLY_LOST)
            continue;
        struct loss_record *record = &records->records[records->of_block[block->head]];
        record->indirect_bytes += block->size;
        record->indirect_blocks++;
    }
}

/* --- order --------------------------------------------------------------- */

static int group_compare(const void *left, const void *right, void *context)
{
    const struct model *model = context;
    const struct loss_record *a = left, *b = right;
    uint64_t a_keys[] = {a->bytes + a->indirect_bytes, a->kind, a->blocks,
                         model->stack_ages[a->stack], a->stack};
    uint64_t b_keys[] = {b->bytes + b->indirect_bytes, b->kind, b->blocks,
                         model->stack_ages[b->stack], b->stack};

    for (size_t i = 0; i < sizeof a_keys / sizeof *a_keys; i++)
        if (a_keys[i] != b_keys[i])
            return a_keys[i] < b_keys[i] ? -1 : 1;
    return 0;
}

/* Sorting moves records; of_block follows by the number that each one had. */
static void group_sort(struct loss_records *records, const struct model *model)
{
    uint32_t *new_numbers = memory_resized(NULL, records->count, sizeof *new_numbers);

    for (uint32_t i = 0; i < records->count; i++)
        records->records[i].number = i;
    qsort_r(records->records, records->count, sizeof *records->records, group_compare,
            (void *)model);
    for (uint32_t i = 0; i < records->count; i++) {
        new_numbers[records->records[i].number] = i;
        records->records[i].number = i + 1;
    }
    for (size_t i = 0; i < model->block_count; i++)
        if (records->of_block[i] != UINT32_MAX)
            records->of_block[i] = new_numbers[records->of_block[i]];
    free(new_numbers);
}

/* --- names --------------------------------------------------------------- */

static void group_named(struct loss_records *records, const struct model *model)
{
    uint32_t total = 0;

    for (size_t i = 0; i < model->block_count; i++)
        if (model->blocks[i].name && records->of_block[i] != UINT32_MAX)
            records->records[records->of_block[i]].named_count++;
    for (uint32_t i = 0; i < records->count; i++) {
        records->records[i].named = total;
        total += records->records[i].named_count;
        records->records[i].named_count = 0;
    }
    records->named = memory_resized(NULL, total, sizeof *records->named);
    for (size_t i = 0; i < model->block_count; i++) {
        if (!model->blocks[i].name || records->of_block[i] == UINT32_MAX)
            continue;
        struct loss_record *record = &records->records[records->of_block[i]];
        records->named[record->named + record->named_count++] = (uint32_t)i;
    }
}

void group_blocks(struct loss_records *records, const struct model *model, uint32_t frames)
{
    struct intern keys = {0};
    uint32_t capacity = 0;

    memset(records, 0, sizeof *records);
    records->of_block = memory_resized(NULL, model->block_count, sizeof *records->of_block);
    for (size_t i = 0; i < model->block_count; i++) {
        const struct block *block = &model->blocks[i];
        struct group_key key;

        records->of_block[i] = UINT32_MAX;
        if (block->kind >= BLOCK_KINDS_COUNT)
            continue;
        group_make_key(&key, model, block, frames);
        uint32_t number = intern_put(&keys, &key, sizeof key);
        if (number == records->count) {
            memory_reserve(records->records, records->count, capacity);
            records->records[records->count++] = (struct loss_record){0};
        }
        group_add_block(&records->records[number], model, block);
        records->of_block[i] = number;
    }
    group_add_indirect(records, model);
    if (records->count)
        group_sort(records, model);
    if (model->name_count)
        group_named(records, model);
    intern_free(&keys);
}

void group_records(struct loss_records *records, const struct model *model,
                   const struct loss_record *given, uint32_t count, uint32_t frames)
{
    struct intern keys = {0};
    struct group_key key;

    *records = (struct loss_records){.records = memory_zeroed(count + 1, sizeof *given)};
    for (uint32_t i = 0; i < count; i++) {
        const struct block like = {.kind = given[i].kind, .stack = given[i].stack};

        group_make_key(&key, model, &like, frames);
        uint32_t number = intern_put(&keys, &key, sizeof key);
        struct loss_record *record = &records->records[number];
        if (number == records->count)
            records->records[records->count++] =
                (struct loss_record){.kind = given[i].kind, .stack = given[i].stack};
        record->blocks += given[i].blocks;
        record->bytes += given[i].bytes;
        record->suppressed_blocks += given[i].suppressed_blocks;
        record->suppressed_bytes += given[i].suppressed_bytes;
        record->indirect_blocks += given[i].indirect_blocks;
        record->indirect_bytes += given[i].indirect_bytes;
    }
    if (records->count)
        group_sort(records, model);
    intern_free(&keys);
}

void group_add(struct loss_records *records, const struct model *model,
               const struct loss_record *added, uint32_t count)
{
    if (!count)
        return;
    records->records =
        memory_resized(records->records, records->count + count, sizeof *records->records);
    memcpy(records->records + records->count, added, count * sizeof *added);
    records->count += count;
    group_sort(records, model);
}

void group_free(struct loss_records *records)
{
    free(records->records);
    free(records->of_block);
    free(records->named);
    memset(records, 0, sizeof *records);
}

struct loss_figures group_figures(const struct loss_record *record)
{
    struct loss_figures figures = {.direct = record->bytes - record->suppressed_bytes,
                                   .indirect = record->indirect_bytes,
                                   .blocks = record->blocks - record->suppressed_blocks};

    figures.bytes = figures.direct + figures.indirect;
    return figures;
}
