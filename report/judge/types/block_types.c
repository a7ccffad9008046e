#include "judge/types/block_types.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "judge/types/gobject.h"
#include "judge/types/type_list.h"
#include "symbols/type_call.h"
#include "symbols/type_die.h"
#include "symbols/type_search.h"

enum { TYPES_FRAMES_MAX = 16 }; /* of an allocator, one in another */

struct block_types {
    const struct model *model;
    struct symbolizer *symbolizer;
    struct type_list list;
    struct intern words; /* of vtables: number → by_word[number] */
    uint32_t *by_word;
    uint32_t by_word_capacity;
    uint32_t *of_block, *of_stack;
    uint32_t *queue; /* blocks whose pointers are to be followed */
    uint32_t queued;
};

/* --- what the program says, and its vtables ------------------------------ */

static uint32_t types_of_word(struct block_types *types, uint64_t word)
{
    uint32_t module = model_module_at(types->model, word);
    struct module_symbols *symbols = module ? symbolize_module(types->symbolizer, module) : NULL;
    uint64_t address = module ? word - types->model->modules[module].bias : 0;
    const struct symbol *symbol = symbols ? module_symbols_data(symbols, address) : NULL;

    if (!symbol || address - symbol->start < 16)
        return 0;
    char *name = type_list_of_vtable(symbol->name);
    if (!name)
        return 0;
    uint32_t number = type_list_put_name(&types->list, name);
    types->list.types[number].module = module;
    return number;
}

static void types_read_words(struct block_types *types)
{
    const struct graph *graph = types->model->graph;

    for (size_t i = 0; graph && i < graph->word_count; i++) {
        uint32_t known = types->words.count;
        uint32_t number =
            intern_put(&types->words, &graph->words[i].word, sizeof graph->words[i].word);

        if (number == known) {
            memory_reserve(types->by_word, known, types->by_word_capacity);
            types->by_word[number] = types_of_word(types, graph->words[i].word);
        }
        types->of_block[graph->words[i].block] = types->by_word[number];
    }
}

static void types_read_names(struct block_types *types)
{
    const struct model *model = types->model;

    for (size_t b = 0; b < model->block_count; b++)
        if (model->blocks[b].name)
            types->of_block[b] = type_list_put_name(
                &types->list, memory_text("%s", model->names[model->blocks[b].name - 1].text));
}

/* --- what allocating functions say --------------------------------------- */

/* A frame's functions are inlined in one another. */
static enum type_call types_by_names(struct block_types *types, const struct frame *frame,
                                     uint32_t *type)
{
    uint32_t passing = 0;

    for (uint32_t i = 0; i < frame->position_count; i++) {
        const char *function = frame->positions[i].function;
        char *name = function ? type_call_name(function) : NULL;

        if (name) {
            *type = type_list_put_name(&types->list, name);
            return TYPE_CALL_KNOWN;
        }
        passing += function && type_call_passes(function);
    }
    return passing && passing == frame->position_count ? TYPE_CALL_PASSES : TYPE_CALL_UNKNOWN;
}

static enum type_call types_of_frame(struct block_types *types, uint32_t number, uint32_t *type)
{
    const struct frame *frame = &types->model->frames[number];
    struct module_symbols *symbols =
        frame->module ? symbolize_module(types->symbolizer, frame->module) : NULL;
    Dwarf_Die die;

    if (!symbols || !frame->positions)
        return TYPE_CALL_UNKNOWN;
    enum type_call call = type_call_find(
        &symbols->lines, frame->address - 1 - types->model->modules[frame->module].bias, &die);
    if (call == TYPE_CALL_KNOWN || call == TYPE_CALL_NEW)
        *type = type_list_put_die(&types->list, &die);
    else if (call == TYPE_CALL_UNKNOWN)
        call = types_by_names(types, frame, type);
    return call;
}

/* A class may have an operator new that asks for more. In front of an array stands the count of its
 * elements if they have destructors, which debug information does not tell; it takes 8 bytes, or 16
 * of what is aligned so: then nothing is said of what lies where. */
static uint32_t types_of_new(struct block_types *types, uint32_t type, const struct block *block)
{
    const struct known_type *known = &types->list.types[type];
    bool is_compound = known->has_die && type_is_compound((Dwarf_Die[]){known->die});

    if (!known->size || !block)
        return type;
    if (block->family != TRACE_BY_NEW_ARRAY)
        return block->size == known->size ? type : 0;
    if (block->size % known->size == 0 && (!is_compound || known->size > 16))
        return type;
    return type_list_put_name(&types->list, memory_text("%s[]", known->name));
}

/* The first frame is the tracer's. block: one of the stack's, or NULL. */
static uint32_t types_of_calls(struct block_types *types, uint32_t number,
                               const struct block *block)
{
    struct stack stack = model_stack(types->model, number);
    enum type_call call = TYPE_CALL_PASSES;
    uint32_t type = 0;

    for (uint32_t i = 1; i < stack.count && i < TYPES_FRAMES_MAX && call == TYPE_CALL_PASSES; i++)
        call = types_of_frame(types, stack.frames[i], &type);
    return call == TYPE_CALL_NEW ? types_of_new(types, type, block) : type;
}

static void types_read_calls(struct block_types *types)
{
    const struct model *model = types->model;
    uint8_t *looked = memory_zeroed(model_stack_count(model) + (size_t)1, 1);

    for (size_t b = 0; b < model->block_count; b++) {
        uint32_t stack = model->blocks[b].stack;

        if (!looked[stack]) {
            looked[stack] = 1;
            symbolize_stack(types->symbolizer, stack);
            types->of_stack[stack] = types_of_calls(types, stack, &model->blocks[b]);
        }
        if (!types->of_block[b])
            types->of_block[b] = types->of_stack[stack];
    }
    for (uint32_t i = 0; model->usage && i < model_stack_count(model); i++)
        if (!looked[i])
            types->of_stack[i] = types_of_calls(types, i, NULL);
    free(looked);
}

/* Instances of one stack may be of several classes, since a subclass is made by it, too. */
static void types_read_objects(struct block_types *types)
{
    const struct graph *graph = types->model->graph;
    int length = 0;

    for (uint32_t b = 0; graph && b < graph->count; b++) {
        const char *function =
            types->of_block[b] ? NULL : gobject_type_function(types->model, b, &length);

        if (function)
            types->of_block[b] = type_list_put_name(
                &types->list, memory_text("GObject of %.*s()", length, function));
    }
}

/* --- layouts of classes that only a vtable names ------------------------- */

static void types_search_in(struct block_types *types, uint32_t module)
{
    struct module_symbols *symbols = symbolize_module(types->symbolizer, module);
    const char **names = memory_zeroed(types->list.count + 1u, sizeof *names);
    uint32_t *numbers = memory_zeroed(types->list.count + 1u, sizeof *numbers), count = 0;
    Dwarf_Die *dies = memory_zeroed(types->list.count + 1u, sizeof *dies);
    bool *found = memory_zeroed(types->list.count + 1u, sizeof *found);
    Dwarf_Addr bias;
    Dwarf *dwarf = symbols->file.module ? dwfl_module_getdwarf(symbols->file.module, &bias) : NULL;

    for (uint32_t i = 1; i < types->list.count; i++)
        if (types->list.types[i].module == module && !types->list.types[i].has_die) {
            numbers[count] = i;
            names[count++] = types->list.types[i].name;
        }
    if (dwarf && count)
        type_search(dwarf, names, count, dies, found);
    for (uint32_t i = 0; i < count; i++)
        if (found[i])
            type_list_describe(&types->list.types[numbers[i]], &dies[i]);
    free(names);
    free(numbers);
    free(dies);
    free(found);
}

static void types_search(struct block_types *types)
{
    uint8_t *done = memory_zeroed(types->model->module_count + (size_t)1, 1);

    for (uint32_t i = 1; i < types->list.count; i++) {
        uint32_t module = types->list.types[i].module;

        if (module && !types->list.types[i].has_die && !done[module]) {
            done[module] = 1;
            types_search_in(types, module);
        }
    }
    free(done);
}

/* --- what pointers were declared to lead to ------------------------------ */

static uint64_t types_size(const struct block_types *types, uint32_t block)
{
    return types->model->blocks[block].size;
}

static void types_reach(struct block_types *types, uint32_t block, uint32_t type)
{
    if (!type || types->of_block[block] ||
        !type_list_fits(&types->list.types[type], types_size(types, block)))
        return;
    types->of_block[block] = type;
    types->queue[types->queued++] = block;
}

static void types_go_on(struct block_types *types, uint32_t block)
{
    const struct graph *graph = types->model->graph;
    uint32_t number = types->of_block[block];
    uint64_t start = types->model->blocks[block].address;

    for (uint32_t p = graph->first[block]; p < graph->first[block + 1]; p++) {
        const struct known_type *type = &types->list.types[number];
        uint64_t offset = (start / 8 + graph->place[p]) * 8 - start;

        if (type->has_die && type->size && offset >= type->begin && graph->inside[p] == 0)
            types_reach(
                types, graph->to[p],
                type_list_pointee(&types->list, number, (offset - type->begin) % type->size));
    }
}

static void types_from_variables(struct block_types *types)
{
    const struct graph *graph = types->model->graph;

    for (size_t i = 0; i < graph->root_count; i++) {
        uint64_t at = graph->roots[i].at;
        uint32_t module = at < TRACE_ROOT_REGISTERS ? model_module_at(types->model, at) : 0;
        struct module_symbols *symbols =
            module ? symbolize_module(types->symbolizer, module) : NULL;
        uint64_t address = module ? at - types->model->modules[module].bias : 0;
        const struct variable *variable =
            symbols ? variables_at(&symbols->variables, address) : NULL;
        Dwarf_Die die = variable ? variable->die : (Dwarf_Die){0}, type, to;

        if (variable && graph->roots[i].inside == 0 && type_of(&die, &type) &&
            type_pointee(&type, address - variable->start, &to))
            types_reach(types, graph->roots[i].to, type_list_put_die(&types->list, &to));
    }
}

static void types_read_pointers(struct block_types *types)
{
    uint32_t count = types->model->graph ? types->model->graph->count : 0;

    types->queue = memory_resized(NULL, count + (size_t)1, sizeof *types->queue);
    for (uint32_t b = 0; b < count; b++)
        if (types->of_block[b])
            types->queue[types->queued++] = b;
    if (count)
        types_from_variables(types);
    for (uint32_t i = 0; i < types->queued; i++)
        types_go_on(types, types->queue[i]);
}

/* --- the whole ----------------------------------------------------------- */

/* 0 again where its blocks are of several types. */
static void types_of_stacks(struct block_types *types)
{
    const struct model *model = types->model;
    uint8_t *mixed = memory_zeroed(model_stack_count(model) + (size_t)1, 1);

    for (size_t b = 0; b < model->block_count; b++) {
        uint32_t *type = &types->of_stack[model->blocks[b].stack];

        if (*type && *type != types->of_block[b])
            mixed[model->blocks[b].stack] = 1;
        *type = types->of_block[b];
    }
    for (uint32_t i = 0; i < model_stack_count(model); i++)
        if (mixed[i])
            types->of_stack[i] = 0;
    free(mixed);
}

struct block_types *block_types_find(struct model *model, struct symbolizer *symbolizer)
{
    struct block_types *types = memory_zeroed(1, sizeof *types);

    *types = (struct block_types){.model = model, .symbolizer = symbolizer};
    type_list_begin(&types->list);
    types->of_block = memory_zeroed(model->block_count + 1, sizeof *types->of_block);
    types->of_stack = memory_zeroed(model_stack_count(model) + (size_t)1, sizeof *types->of_stack);
    types_read_words(types);
    types_read_names(types);
    types_read_calls(types);
    types_read_objects(types);
    types_search(types);
    types_read_pointers(types);
    types_of_stacks(types);
    return types;
}

void block_types_free(struct block_types *types)
{
    if (!types)
        return;
    type_list_end(&types->list);
    intern_free(&types->words);
    free(types->by_word);
    free(types->of_block);
    free(types->of_stack);
    free(types->queue);
    free(types);
}

bool block_types_of(const struct block_types *types, uint32_t block, struct block_type *type)
{
    const struct known_type *known =
        types && types->of_block[block] ? &types->list.types[types->of_block[block]] : NULL;

    if (!known)
        return false;
    uint64_t size = types_size(types, block) - known->begin;
    *type = (struct block_type){known->name,
                                known->size && size % known->size == 0 ? size / known->size : 0};
    return true;
}

const char *block_types_of_stack(const struct block_types *types, uint32_t stack)
{
    return types ? types->list.types[types->of_stack[stack]].name : NULL;
}

char *block_types_place(const struct block_types *types, uint32_t block, uint64_t offset)
{
    uint32_t type = types ? types->of_block[block] : 0;

    return type ? type_list_place(&types->list.types[type], types_size(types, block), offset)
                : NULL;
}
