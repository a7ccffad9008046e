#include "judge/diff/export_stacks.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/below_main.h"

struct export_tables {
    struct export_stacks *to;
    struct model *model;
    const struct document_value *strings, *parents, *frames;                    /* of nodes */
    const struct document_value *functions, *symbols, *files, *lines, *inlined; /* of frames */
    const struct document_value *modules, *addresses;
    uint32_t depth;
    uint32_t *words; /* of a stack */
};

/* NULL: "". */
static const char *export_string(const struct export_tables *tables,
                                 const struct document_value *column, uint64_t frame)
{
    uint64_t number = document_at(column, frame);
    const char *text = number < document_count(tables->strings)
                           ? document_text(document_item(tables->strings, (uint32_t)number))
                           : "";

    return *text ? text : NULL;
}

static struct position export_position(const struct export_tables *tables, uint64_t frame)
{
    const char *file = export_string(tables, tables->files, frame);
    const char *slash = file ? strrchr(file, '/') : NULL;
    struct position position = {.function = export_string(tables, tables->functions, frame),
                                .linked = export_string(tables, tables->symbols, frame),
                                .file = slash ? slash + 1 : file,
                                .path = slash ? file : NULL,
                                .line = (unsigned)document_at(tables->lines, frame)};

    /* What it was called before it was shown. */
    if (position.function && strcmp(position.function, "(below main)") == 0)
        position.function = position.linked ? position.linked : "_start";
    if (document_at(tables->inlined, frame))
        position.inlined = position.function;
    return position;
}

static uint64_t export_parent(const struct export_tables *tables, uint64_t node)
{
    uint64_t parent = document_at(tables->parents, node);

    return parent < node ? parent : 0;
}

/* Are both at the same address? */
static bool export_is_same_place(const struct export_tables *tables, uint64_t left, uint64_t right)
{
    return document_at(tables->addresses, left) == document_at(tables->addresses, right) &&
           document_at(tables->modules, left) == document_at(tables->modules, right);
}

/* How many nodes from this one on are one frame: the functions that were inlined there, and the one
 * that they are in. */
static uint32_t export_positions(const struct export_tables *tables, uint64_t node)
{
    enum { MOST = 1 << 10 };
    uint64_t first = document_at(tables->frames, node), frame = first;
    uint32_t count = 1;

    while (document_at(tables->inlined, frame) && count < MOST) {
        node = export_parent(tables, node);
        frame = document_at(tables->frames, node);
        if (!node || !export_is_same_place(tables, first, frame))
            break;
        count++;
    }
    return count;
}

static void export_name(struct export_tables *tables, struct frame *frame, uint64_t node,
                        uint32_t count)
{
    struct export_stacks *to = tables->to;
    struct position *positions = memory_zeroed(count, sizeof *positions);

    for (uint32_t i = 0; i < count; i++, node = export_parent(tables, node))
        positions[i] = export_position(tables, document_at(tables->frames, node));
    memory_reserve(to->positions, to->position_count, to->position_capacity);
    to->positions[to->position_count++] = positions;
    frame->positions = positions;
    frame->position_count = count;
    frame->is_last = below_main_judge(frame) != BELOW_MAIN_NO;
}

static uint32_t export_frame(struct export_tables *tables, uint64_t node, uint32_t count)
{
    struct model *model = tables->model;
    uint64_t from = document_at(tables->frames, node), number = document_at(tables->modules, from);
    uint32_t module = number < model->module_count ? (uint32_t)number : 0;
    uint32_t frame = model_put_frame(
        model, document_at(tables->addresses, from) + model->modules[module].bias + 1, module);

    if (!model->frames[frame].positions)
        export_name(tables, &model->frames[frame], node, count);
    return frame;
}

static uint32_t export_stack(struct export_tables *tables, uint64_t node, enum stack_end end,
                             uint32_t age)
{
    uint32_t count = 0;

    while (node && count < tables->depth) {
        uint32_t positions = export_positions(tables, node);

        tables->words[++count] = export_frame(tables, node, positions);
        while (positions-- > 0)
            node = export_parent(tables, node);
    }
    tables->words[0] = node ? STACK_LONGER : count ? end : STACK_UNKNOWN;
    return model_put_stack(tables->model, tables->words, count, age);
}

static enum stack_end export_end(const char *word)
{
    return strcmp(word, "longer") == 0    ? STACK_LONGER
           : strcmp(word, "cut") == 0     ? STACK_CUT
           : strcmp(word, "damaged") == 0 ? STACK_DAMAGED
           : strcmp(word, "unknown") == 0 ? STACK_UNKNOWN
                                          : STACK_WHOLE;
}

/* The object names those that are not whole, by their numbers. */
static uint8_t *export_ends(const struct document_value *named, uint32_t count)
{
    uint8_t *ends = memory_zeroed(count + 1, sizeof *ends);

    for (uint32_t i = 0; named->kind == DOCUMENT_OBJECT && i < named->count; i++) {
        unsigned long number = strtoul(document_text(&named->items[2 * (size_t)i]), NULL, 10);

        if (number < count)
            ends[number] = (uint8_t)export_end(document_text(&named->items[2 * (size_t)i + 1]));
    }
    return ends;
}

static void export_stacks_fill(struct export_tables *tables, const struct document_value *stacks)
{
    const struct document_value *nodes = document_member(stacks, "node");
    struct export_stacks *to = tables->to;

    to->count = document_count(nodes);
    to->stacks = memory_zeroed(to->count + 1, sizeof *to->stacks);
    uint8_t *ends = export_ends(document_member(stacks, "not_whole"), to->count);
    tables->words = memory_resized(NULL, (size_t)tables->depth + 1, sizeof *tables->words);
    for (uint32_t i = 0; i < to->count; i++)
        to->stacks[i] = export_stack(tables, document_at(nodes, i), ends[i], i);
    free(tables->words);
    free(ends);
}

void export_stacks_read(struct export_stacks *to, const struct document_value *process,
                        uint32_t depth, struct model *model)
{
    const struct document_value *nodes = document_member(process, "nodes");
    const struct document_value *frames = document_member(process, "frames");
    struct export_tables tables = {.to = to,
                                   .model = model,
                                   .strings = document_member(process, "strings"),
                                   .parents = document_member(nodes, "parent"),
                                   .frames = document_member(nodes, "frame"),
                                   .functions = document_member(frames, "function"),
                                   .symbols = document_member(frames, "symbol"),
                                   .files = document_member(frames, "file"),
                                   .lines = document_member(frames, "line"),
                                   .inlined = document_member(frames, "inlined"),
                                   .modules = document_member(frames, "module"),
                                   .addresses = document_member(frames, "address"),
                                   .depth = depth};

    *to = (struct export_stacks){0};
    export_stacks_fill(&tables, document_member(process, "stacks"));
}

uint32_t export_stacks_number(const struct export_stacks *stacks, uint64_t number)
{
    return number < stacks->count ? stacks->stacks[number] : 0;
}

void export_stacks_free(struct export_stacks *stacks)
{
    for (size_t i = 0; i < stacks->position_count; i++)
        free(stacks->positions[i]);
    free(stacks->positions);
    free(stacks->stacks);
    *stacks = (struct export_stacks){0};
}
