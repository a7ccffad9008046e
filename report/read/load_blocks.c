#include "read/load_blocks.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/number_text.h"
#include "read/load_names.h"

/* --- sizes that do not fit into a verdict -------------------------------- */

struct sizes {
    bool built;
    struct intern addresses;
    uint64_t *sizes; /* of the address with this number */
    uint32_t capacity;
    uint64_t missing;
};

static void load_size(struct sizes *sizes, const struct trace_rare *record)
{
    uint64_t address = trace_block_address(record->block.where);
    uint32_t known = sizes->addresses.count;

    if (!address)
        return;
    uint32_t number = intern_put(&sizes->addresses, &address, sizeof address);
    if (number == known)
        memory_reserve(sizes->sizes, known, sizes->capacity);
    sizes->sizes[number] = record->size;
}

static void load_sizes(struct sizes *sizes, const struct log_reader *reader)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_RARE);
    struct trace_rare record;

    while (log_reader_next(&walk, &record))
        load_size(sizes, &record);
    sizes->built = true;
}

static uint64_t load_block_size(struct sizes *sizes, const struct log_reader *reader,
                                uint64_t address, uint64_t what)
{
    uint64_t size = trace_block_size(what);

    if (size != TRACE_SIZE_ELSEWHERE)
        return size;
    if (!sizes->built)
        load_sizes(sizes, reader);
    uint32_t known = sizes->addresses.count;
    uint32_t number = intern_put(&sizes->addresses, &address, sizeof address);
    if (number == known) { /* not there: at least this much */
        memory_reserve(sizes->sizes, known, sizes->capacity);
        sizes->sizes[number] = size;
        sizes->missing++;
    }
    return sizes->sizes[number];
}

static void load_sizes_end(struct sizes *sizes, struct model *model)
{
    if (sizes->missing)
        model_add_note(model, NOTE_SIZES_MISSING, sizes->missing, NULL, NULL);
    intern_free(&sizes->addresses);
    free(sizes->sizes);
}

/* --- from the block table ------------------------------------------------ */

struct load_live {
    const struct log_reader *reader;
    load_visit *visit;
    void *context;
    uint64_t slots_left; /* of BLOCKS: each belongs to one leaf at most */
    uint64_t leaves_missing;
};

/* The slots of a page. */
static void load_leaf(struct load_live *live, uint64_t page, uint64_t leaf)
{
    uint32_t slots = trace_leaf_slots(leaf);
    uint64_t first = trace_leaf_address(leaf) / sizeof(uint64_t);
    uint64_t slot;

    if (slots > TRACE_LEAF_SLOTS_MAX || slots > live->slots_left ||
        !log_reader_copy(live->reader, TRACE_BLOCKS, first + slots - 1, &slot)) {
        live->leaves_missing++;
        return;
    }
    live->slots_left -= slots;
    for (uint32_t i = 0; i < slots; i++)
        if (log_reader_copy(live->reader, TRACE_BLOCKS, first + i, &slot) &&
            (slot & TRACE_SLOT_TAKEN))
            live->visit(live->context, trace_slot_block(slot, page), slot >> TRACE_SLOT_SIZE_SHIFT);
}

static void load_regions(struct load_live *live)
{
    struct log_walk walk = log_reader_walk(live->reader, TRACE_REGIONS);
    struct trace_region region;

    while (log_reader_next(&walk, &region))
        for (uint32_t i = 0; region.begin && i < TRACE_REGION_LEAVES; i++)
            if (region.leaves[i])
                load_leaf(live, trace_region_address(region.begin) + i * (uint64_t)TRACE_LEAF_SPAN,
                          region.leaves[i]);
}

static void load_rare(struct load_live *live)
{
    struct log_walk walk = log_reader_walk(live->reader, TRACE_RARE);
    struct trace_rare record;

    while (log_reader_next(&walk, &record))
        if (trace_block_address(record.block.where))
            live->visit(live->context, record.block, record.size);
}

static uint64_t load_count_slots(const struct log_reader *reader)
{
    uint32_t count;
    const struct log_extent *extents = log_reader_extents(reader, TRACE_BLOCKS, &count);
    uint64_t slots = 0;

    while (count-- > 0)
        slots += extents[count].count;
    return slots;
}

uint64_t load_each_live(const struct log_reader *reader, load_visit *visit, void *context)
{
    struct load_live live = {reader, visit, context, load_count_slots(reader), 0};

    load_regions(&live);
    load_rare(&live);
    return live.leaves_missing;
}

struct load_into {
    struct stack_loader *stacks;
    struct model *model;
    size_t capacity;
};

static void load_add_block(void *context, struct trace_block block, uint64_t size)
{
    struct load_into *into = context;
    struct model *model = into->model;
    uint64_t address = trace_block_address(block.where);
    uint32_t marks;
    uint32_t stack = load_stack_of_account(into->stacks, trace_block_account(block.what), &marks);

    memory_reserve(model->blocks, model->block_count, into->capacity);
    model->blocks[model->block_count++] = (struct block){
        .address = address,
        .size = size,
        .stack = stack,
        .head = BLOCK_NO_HEAD,
        .name = load_name_of(model, address, marks),
        .kind = BLOCK_LIVE,
        .family = trace_block_family(block.where),
    };
}

static int load_compare_blocks(const void *left, const void *right)
{
    const struct block *a = left, *b = right;

    return (a->address > b->address) - (a->address < b->address);
}

static void load_live_blocks(struct stack_loader *stacks, struct model *model)
{
    struct load_into into = {stacks, model, 0};
    uint64_t missing = load_each_live(stacks->reader, load_add_block, &into);

    if (model->block_count)
        qsort(model->blocks, model->block_count, sizeof *model->blocks, load_compare_blocks);
    if (missing)
        model_add_note(model, NOTE_PAGES_MISSING, missing, NULL, NULL);
}

/* --- from the leak check ------------------------------------------------- */

/* A record that makes no sense keeps its number, because heads are named by number. */
static struct block load_verdict(struct stack_loader *stacks, struct sizes *sizes,
                                 const struct trace_verdict *verdict, uint64_t number)
{
    uint64_t address = trace_block_address(verdict->where);
    enum trace_leak_kind kind = trace_verdict_kind(verdict->where);
    unsigned heuristic = trace_verdict_heuristic(verdict->where);
    struct trace_heads heads = {{TRACE_HEAD_NONE, TRACE_HEAD_NONE}};
    uint32_t marks;
    uint32_t stack = load_stack_of_account(stacks, trace_block_account(verdict->what), &marks);

    if (kind == TRACE_INDIRECTLY_LOST)
        log_reader_copy(stacks->reader, TRACE_HEADS, number / 2, &heads);
    return (struct block){
        .address = address,
        .size = load_block_size(sizes, stacks->reader, address, verdict->what),
        .pointer_at = verdict->pointer_at,
        .stack = stack,
        .name = load_name_of(stacks->model, address, marks),
        .head = heads.head[number % 2],
        .kind = address ? (enum block_kind)kind : BLOCK_KINDS_COUNT,
        .heuristic = heuristic < TRACE_HEURISTICS_COUNT ? heuristic : 0,
        .family = trace_block_family(verdict->where),
        .interior = trace_verdict_interior(verdict->where),
    };
}

/* Only an indirectly lost block has a head, and that is a definitely or possibly lost one. */
static uint64_t load_check_heads(struct model *model)
{
    uint64_t damaged = 0;

    for (size_t i = 0; i < model->block_count; i++) {
        struct block *block = &model->blocks[i];
        bool indirect = block->kind == BLOCK_INDIRECTLY_LOST;
        enum block_kind head =
            block->head < model->block_count ? model->blocks[block->head].kind : BLOCK_LIVE;

        if (block->kind == BLOCK_KINDS_COUNT)
            damaged++;
        if (!indirect || (head != BLOCK_DEFINITELY_LOST && head != BLOCK_POSSIBLY_LOST)) {
            damaged += indirect;
            block->head = BLOCK_NO_HEAD;
        }
    }
    return damaged;
}

/* From record 0 on, as long as none is missing: heads are named by number. A hole in the file is
 * where the leak check never wrote. */
static void load_listed_verdicts(struct stack_loader *stacks, struct model *model, uint64_t wanted)
{
    struct log_walk walk = log_reader_walk(stacks->reader, TRACE_VERDICTS);
    struct trace_verdict verdict;
    struct sizes sizes = {0};
    size_t capacity = 0;

    while (model->block_count < wanted && model->block_count < UINT32_MAX &&
           log_reader_next(&walk, &verdict) && walk.index == model->block_count) {
        memory_reserve(model->blocks, model->block_count, capacity);
        model->blocks[model->block_count] =
            load_verdict(stacks, &sizes, &verdict, model->block_count);
        model->block_count++;
    }
    load_sizes_end(&sizes, model);
}

static void load_verdicts(struct stack_loader *stacks, struct model *model)
{
    uint64_t wanted = model->header.check.verdicts;

    load_listed_verdicts(stacks, model, wanted);
    if (model->block_count < wanted)
        model_add_note(model, NOTE_VERDICTS_MISSING, wanted - model->block_count, NULL,
                       number_text(wanted).text);
    uint64_t damaged = load_check_heads(model);
    if (damaged)
        model_add_note(model, NOTE_VERDICTS_DAMAGED, damaged, NULL, NULL);
}

void load_blocks(struct stack_loader *stacks, struct model *model)
{
    uint32_t scan = model->header.check.scan;

    model->has_verdicts = scan == TRACE_SCAN_DONE || scan == TRACE_SCAN_IN_PLACE;
    if (model->has_verdicts)
        load_verdicts(stacks, model);
    else
        load_live_blocks(stacks, model);
}
