#include "holders/why.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

enum { WHY_RUN_SHOWN = 4 }; /* blocks in a row of one stack; of more only the first and the last */

/* --- which blocks are meant ---------------------------------------------- */

struct target {
    const char *asked;
    const struct model *model;
    const struct loss_records *records;
    uint64_t address; /* UINT64_MAX: none was given */
    uint32_t record;  /* UINT32_MAX: none */
    uint8_t *stacks;  /* by stack: 0 not looked at, 1 not meant, 2 meant */
};

/* The whole of it, or without its parameters, or without what it is in (app::, Session::), too. */
static bool why_is_function(const char *function, const char *asked)
{
    size_t length = strlen(asked);
    const char *end = function ? function + strcspn(function, "(") : NULL;

    for (const char *at = function; at && at < end; at = strstr(at, "::")) {
        at += at == function ? 0 : 2;
        if (strncmp(at, asked, length) == 0 && (!at[length] || at[length] == '('))
            return true;
    }
    return false;
}

static const char *why_base_name(const char *path)
{
    const char *slash = strrchr(path, '/');

    return slash ? slash + 1 : path;
}

/* libfoo.so means libfoo.so.1, too. */
static bool why_is_module(const struct module *module, const char *asked)
{
    const char *name = why_base_name(module->path);
    size_t length = strlen(asked);

    return strcmp(module->path, asked) == 0 ||
           (strncmp(name, asked, length) == 0 && (!name[length] || name[length] == '.'));
}

/* libc allocates for others. */
static bool why_is_passed_over(const struct model *model, const struct module *module)
{
    const char *name = why_base_name(module->path);

    return (model->tracer && strcmp(module->path, model->tracer) == 0) ||
           strncmp(name, "libc.so", 7) == 0 || strncmp(name, "libstdc++.so", 12) == 0;
}

static bool why_frame_fits(const struct target *target, const struct frame *frame)
{
    for (uint32_t i = 0; i < frame->position_count; i++)
        if (why_is_function(frame->positions[i].function, target->asked) ||
            why_is_function(frame->positions[i].inlined, target->asked))
            return true;
    return false;
}

static bool why_stack_fits(const struct target *target, uint32_t number)
{
    const struct model *model = target->model;
    struct stack stack = model_stack(model, number);
    bool looked = false;

    for (uint32_t i = 0; i < stack.count; i++) {
        const struct frame *frame = &model->frames[stack.frames[i]];
        const struct module *module = &model->modules[frame->module];

        if (frame->positions && why_frame_fits(target, frame))
            return true;
        if (!looked && frame->module && !why_is_passed_over(model, module)) {
            looked = true;
            if (why_is_module(module, target->asked))
                return true;
        }
        if (frame->is_last)
            break;
    }
    return false;
}

static bool why_is_meant(struct target *target, uint32_t block)
{
    const struct block *meant = &target->model->blocks[block];

    if (target->address != UINT64_MAX)
        return target->address - meant->address < (meant->size ? meant->size : 1);
    if (target->record != UINT32_MAX)
        return target->records->of_block[block] == target->record;
    if (!target->stacks[meant->stack])
        target->stacks[meant->stack] = why_stack_fits(target, meant->stack) ? 2 : 1;
    return target->stacks[meant->stack] == 2;
}

/* A number is a record's, as reports count them. */
static void why_understand(struct target *target)
{
    char *end;
    unsigned long long number = strtoull(target->asked, &end, 0);
    bool is_number = end != target->asked && !*end;

    target->address = UINT64_MAX;
    target->record = UINT32_MAX;
    if (is_number && strncmp(target->asked, "0x", 2) == 0)
        target->address = number;
    else if (is_number)
        target->record =
            number && number <= target->records->count ? (uint32_t)number - 1 : UINT32_MAX - 1;
    target->stacks = memory_zeroed(model_stack_count(target->model) + 1u, 1);
}

/* --- one way ------------------------------------------------------------- */

static uint64_t why_offset(const struct model *model, uint32_t block, uint32_t pointer)
{
    uint64_t start = model->blocks[block].address;

    return (start / 8 + model->graph->place[pointer]) * 8 - start;
}

static void why_add_step(struct held_way *way, struct way_step step)
{
    way->steps = memory_resized(way->steps, way->count + 1u, sizeof *way->steps);
    way->steps[way->count++] = step;
}

static void why_add_root(struct held_way *way, const struct ways *ways, uint32_t pointer)
{
    const struct holding *holding = ways->holding;

    if (pointer == WAY_NONE)
        why_add_step(way, (struct way_step){.kind = WAY_LOST});
    else
        why_add_step(way,
                     (struct way_step){.kind = WAY_ROOT,
                                       .number = holding->roots[pointer].root,
                                       .goes_on = true,
                                       .offset = holding->roots[pointer].offset,
                                       .inside = holding->model->graph->roots[pointer].inside});
}

/* Blocks from i on that are of one stack and point on from one place; the last one that is counted
 * points into the run, too, but is not the way's last. */
static uint32_t why_run(const struct ways *ways, const uint32_t *blocks, uint32_t count, uint32_t i)
{
    const struct model *model = ways->holding->model;
    uint32_t run = 1;

    while (i + run + 1 < count &&
           model->blocks[blocks[i + run]].stack == model->blocks[blocks[i]].stack &&
           why_offset(model, blocks[i + run], ways->pointer[blocks[i + run + 1]]) ==
               why_offset(model, blocks[i], ways->pointer[blocks[i + 1]]))
        run++;
    return i + 1 < count ? run : 1;
}

static struct way_step why_step(const struct ways *ways, const uint32_t *blocks, uint32_t count,
                                uint32_t i)
{
    const struct model *model = ways->holding->model;
    struct way_step step = {.kind = WAY_BLOCK, .number = blocks[i], .count = 1};

    if (i + 1 < count) {
        uint32_t pointer = ways->pointer[blocks[i + 1]];

        step.goes_on = true;
        step.offset = why_offset(model, blocks[i], pointer);
        step.inside = model->graph->inside[pointer];
    }
    return step;
}

static void why_add_blocks(struct held_way *way, const struct ways *ways, const uint32_t *blocks,
                           uint32_t count)
{
    for (uint32_t i = 0; i < count;) {
        uint32_t run = why_run(ways, blocks, count, i);
        struct way_step step = why_step(ways, blocks, count, i);

        why_add_step(way, step);
        i++;
        if (run > WHY_RUN_SHOWN) {
            step.kind = WAY_MORE;
            step.count = run - 1;
            step.number = blocks[i];
            why_add_step(way, step);
            i += run - 1;
        }
    }
}

static void why_make_way(struct held_way *way, const struct ways *ways)
{
    uint32_t count = ways->length[way->block];
    uint32_t *blocks = ways_blocks(ways, way->block);

    why_add_root(way, ways, ways->pointer[blocks[0]]);
    why_add_blocks(way, ways, blocks, count);
    free(blocks);
}

/* --- all of them --------------------------------------------------------- */

struct why_search {
    struct why *why;
    struct intern shapes; /* number → found[number] */
    struct held_way *found;
    uint32_t capacity;
};

static void why_note_header(struct why *why, uint32_t header)
{
    if (why->blocks == 1)
        why->header = header == WAY_NONE ? 0 : header;
    else if (why->header != header)
        why->header = 0;
}

static void why_count(struct why_search *search, const struct ways *ways, uint32_t block)
{
    uint64_t size = ways->holding->model->blocks[block].size;

    search->why->blocks++;
    search->why->bytes += size;
    why_note_header(search->why, ways->header[ways->holding->model->blocks[block].stack]);
    if (!ways->length[block]) {
        search->why->unknown++;
        return;
    }
    uint32_t known = search->shapes.count;
    uint32_t number = intern_put(&search->shapes, &ways->shape[block], sizeof ways->shape[block]);
    if (number == known) {
        memory_reserve(search->found, known, search->capacity);
        search->found[number] = (struct held_way){.block = block};
    }
    struct held_way *way = &search->found[number];
    way->bytes += size;
    way->blocks++;
    if (ways->length[block] < ways->length[way->block])
        way->block = block;
}

static int why_compare(const void *left, const void *right)
{
    const struct held_way *a = left, *b = right;

    if (a->bytes != b->bytes)
        return (a->bytes < b->bytes) - (a->bytes > b->bytes);
    return (a->block > b->block) - (a->block < b->block);
}

static void why_choose(struct why_search *search, const struct options *options,
                       const struct ways *ways)
{
    struct why *why = search->why;

    why->ways = search->found;
    why->total = search->shapes.count;
    why->count = why->total < options->paths ? why->total : options->paths;
    if (why->total)
        qsort(why->ways, why->total, sizeof *why->ways, why_compare);
    for (uint32_t i = 0; i < why->count; i++)
        why_make_way(&why->ways[i], ways);
    intern_free(&search->shapes);
}

void why_find(struct why *why, const char *asked, const struct options *options,
              const struct ways *ways, const struct loss_records *records)
{
    const struct model *model = ways->holding->model;
    struct target target = {.asked = asked, .model = model, .records = records};
    struct why_search search = {.why = why};

    *why = (struct why){.asked = asked};
    why_understand(&target);
    for (uint32_t b = 0; b < model->graph->count; b++)
        if (why_is_meant(&target, b))
            why_count(&search, ways, b);
    free(target.stacks);
    why_choose(&search, options, ways);
}

void why_free(struct why *why)
{
    for (uint32_t i = 0; i < why->count; i++)
        free(why->ways[i].steps);
    free(why->ways);
}
