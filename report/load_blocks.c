#include "load_blocks.h"
#include <stdlib.h>
#include <string.h>
#include "memory.h"
#include "number_text.h"

/* --- sizes that do not fit into a block's record ------------------------- */

struct sizes {
    bool built;
    struct intern addresses;
    uint64_t *sizes; /* of the address with this number */
    uint32_t capacity;
    uint64_t missing;
};

/* Later records replace earlier ones: the highest index is the block's. */
static void load_size(struct sizes *sizes, const struct trace_size *record)
{
    uint32_t known = sizes->addresses.count;

    if (!record->address)
        return;
    uint32_t number = intern_put(&sizes->addresses, &record->address, sizeof record->address);
    if (number == known)
        memory_make_room(sizes->sizes, known, sizes->capacity);
    sizes->sizes[number] = record->size;
}

static void load_sizes(struct sizes *sizes, const struct log_reader *reader)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_SIZES);
    struct trace_size record;

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
        memory_make_room(sizes->sizes, known, sizes->capacity);
        sizes->sizes[number] = size;
        sizes->missing++;
    }
    return sizes->sizes[number];
}

static void load_sizes_end(struct sizes *sizes, struct model *model)
{
    if (sizes->missing)
        model_add_note(model, memory_text("The log does not hold the sizes of %s large blocks: "
                                          "they are larger than is said.",
                                          number_text(sizes->missing).text));
    intern_free(&sizes->addresses);
    free(sizes->sizes);
}

/* --- from the block table ------------------------------------------------ */

struct seen { /* one filled place of the table */
    uint64_t where, what;
    uint32_t generation;
};

static int load_compare_seen(const void *left, const void *right)
{
    const struct seen *a = left, *b = right;
    uint64_t at = trace_block_address(a->where), bt = trace_block_address(b->where);

    if (at != bt)
        return (at > bt) - (at < bt);
    return (a->generation > b->generation) - (a->generation < b->generation);
}

static int load_compare_generations(const void *left, const void *right)
{
    const struct log_extent *const *a = left, *const *b = right;

    return ((*a)->number > (*b)->number) - ((*a)->number < (*b)->number);
}

/* Older generations first: a block that moves while we read is then seen once or twice, but never
 * missed. */
static struct seen *load_seen(const struct log_reader *reader, size_t *count)
{
    struct seen *seen = NULL;
    size_t capacity = 0;
    uint32_t extent_count;
    const struct log_extent *extents = log_reader_extents(reader, TRACE_BLOCKS, &extent_count);
    const struct log_extent *order[TRACE_EXTENTS_MAX];

    for (uint32_t i = 0; i < extent_count; i++)
        order[i] = &extents[i];
    qsort(order, extent_count, sizeof *order, load_compare_generations);
    *count = 0;
    for (uint32_t i = 0; i < extent_count; i++) {
        struct log_walk walk = log_reader_walk_extent(reader, order[i]);
        struct trace_block record;

        while (log_reader_next(&walk, &record)) {
            if (trace_block_address(record.where) == 0)
                continue;
            memory_make_room(seen, *count, capacity);
            seen[(*count)++] = (struct seen){record.where, record.what, order[i]->number};
        }
    }
    return seen;
}

/* Of all places with one address the one that counts, or NULL. The newest live one, should there
 * be several: that happens only in a log that is written while we read. */
static const struct seen *load_choose(const struct seen *same, size_t count)
{
    const struct seen *chosen = NULL;
    bool moved = false;

    for (size_t i = 0; i < count; i++) {
        enum trace_state state = trace_block_state(same[i].where);

        if (state == TRACE_MOVED)
            moved = true;
        else if (state == TRACE_LIVE || (state == TRACE_ARRIVING && moved))
            chosen = &same[i];
    }
    return chosen;
}

static void load_add_block(struct stack_loader *stacks, struct model *model, struct sizes *sizes,
                           const struct seen *seen)
{
    uint64_t address = trace_block_address(seen->where);

    model->blocks[model->block_count++] = (struct block){
        .address = address,
        .size = load_block_size(sizes, stacks->reader, address, seen->what),
        .stack = load_stack_of_count(stacks, trace_block_count(seen->what)),
        .head = BLOCK_NO_HEAD,
        .kind = BLOCK_LIVE,
        .family = trace_block_family(seen->where),
    };
}

static void load_live_blocks(struct stack_loader *stacks, struct model *model)
{
    struct sizes sizes = {0};
    size_t count, same;
    struct seen *seen = load_seen(stacks->reader, &count);

    if (count)
        qsort(seen, count, sizeof *seen, load_compare_seen);
    model->blocks = memory_resized(NULL, count, sizeof *model->blocks);
    for (size_t i = 0; i < count; i += same) {
        uint64_t address = trace_block_address(seen[i].where);

        for (same = 1; i + same < count && trace_block_address(seen[i + same].where) == address;)
            same++;
        const struct seen *chosen = load_choose(seen + i, same);
        if (chosen)
            load_add_block(stacks, model, &sizes, chosen);
    }
    free(seen);
    load_sizes_end(&sizes, model);
}

/* --- from the leak check ------------------------------------------------- */

/* A record that makes no sense keeps its place, because heads are named by place. */
static struct block load_verdict(struct stack_loader *stacks, struct sizes *sizes,
                                 const struct trace_verdict *verdict, uint64_t place)
{
    uint64_t address = trace_block_address(verdict->where);
    enum trace_leak_kind kind = trace_verdict_kind(verdict->where);
    unsigned heuristic = trace_verdict_heuristic(verdict->where);
    struct trace_heads heads = {{TRACE_HEAD_NONE, TRACE_HEAD_NONE}};

    if (kind == TRACE_INDIRECTLY_LOST)
        log_reader_copy(stacks->reader, TRACE_HEADS, place / 2, &heads);
    return (struct block){
        .address = address,
        .size = load_block_size(sizes, stacks->reader, address, verdict->what),
        .pointer_at = verdict->pointer_at,
        .stack = load_stack_of_count(stacks, trace_block_count(verdict->what)),
        .head = heads.head[place % 2],
        .kind = address ? (enum block_kind)kind : BLOCK_KINDS_COUNT,
        .heuristic = heuristic <= TRACE_MULTIPLE_INHERITANCE ? heuristic : 0,
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

/* From record 0 on, as long as none is missing: heads are named by place. A hole in the file is
 * where the leak check never wrote. */
static void load_listed_verdicts(struct stack_loader *stacks, struct model *model, uint64_t wanted)
{
    struct log_walk walk = log_reader_walk(stacks->reader, TRACE_VERDICTS);
    struct trace_verdict verdict;
    struct sizes sizes = {0};
    size_t capacity = 0;

    while (model->block_count < wanted && model->block_count < UINT32_MAX &&
           log_reader_next(&walk, &verdict) && walk.index == model->block_count) {
        memory_make_room(model->blocks, model->block_count, capacity);
        model->blocks[model->block_count] =
            load_verdict(stacks, &sizes, &verdict, model->block_count);
        model->block_count++;
    }
    load_sizes_end(&sizes, model);
}

static void load_verdicts(struct stack_loader *stacks, struct model *model)
{
    uint64_t wanted = model->header.verdicts;

    load_listed_verdicts(stacks, model, wanted);
    if (model->block_count < wanted)
        model_add_note(model, memory_text("The leak check's word on %s of %s blocks is missing: "
                                          "they are in no record.",
                                          number_text(wanted - model->block_count).text,
                                          number_text(wanted).text));
    uint64_t damaged = load_check_heads(model);
    if (damaged)
        model_add_note(model, memory_text("The leak check's word on %s blocks is damaged in the "
                                          "log.",
                                          number_text(damaged).text));
}

void load_blocks(struct stack_loader *stacks, struct model *model)
{
    uint32_t scan = model->header.scan;

    model->has_verdicts = scan == TRACE_SCAN_DONE || scan == TRACE_SCAN_IN_PLACE;
    if (model->has_verdicts)
        load_verdicts(stacks, model);
    else
        load_live_blocks(stacks, model);
}
