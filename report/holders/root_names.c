#include "holders/root_names.h"
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/sorted.h"
#include "symbols/demangle.h"

enum { ROOT_KEYS_OF_BLOCK = 32, ROOT_REGISTERS_OF_THREAD = 16 };

/* In the order of the log. */
static const char *const root_registers[ROOT_REGISTERS_OF_THREAD] = {
    "r8",  "r9",  "r10", "r11", "r12", "r13", "r14", "r15",
    "rdi", "rsi", "rbp", "rbx", "rdx", "rax", "rcx", "rsp"};

static const char *root_keep(struct root_names *names, char *text)
{
    memory_reserve(names->texts, names->text_count, names->text_capacity);
    return names->texts[names->text_count++] = text;
}

/* --- facts --------------------------------------------------------------- */

static int root_compare_facts(const void *left, const void *right)
{
    const struct trace_root *a = left, *b = right;

    return (a->begin > b->begin) - (a->begin < b->begin);
}

void root_names_begin(struct root_names *names, struct model *model, struct symbolizer *symbolizer,
                      bool demangle)
{
    static const struct graph none;
    const struct graph *graph = model->graph ? model->graph : &none;

    *names = (struct root_names){.model = model, .symbolizer = symbolizer, .demangle = demangle};
    names->fact_count = graph->fact_count;
    names->facts = memory_resized(NULL, graph->fact_count + 1, sizeof *names->facts);
    names->ends = memory_resized(NULL, graph->fact_count + 1, sizeof *names->ends);
    if (graph->fact_count)
        memcpy(names->facts, graph->facts, graph->fact_count * sizeof *names->facts);
    qsort(names->facts, names->fact_count, sizeof *names->facts, root_compare_facts);
    for (size_t i = 0; i < names->fact_count; i++) {
        uint64_t before = i ? names->ends[i - 1] : 0;

        names->ends[i] = names->facts[i].end > before ? names->facts[i].end : before;
    }
}

void root_names_end(struct root_names *names)
{
    for (size_t i = 0; i < names->text_count; i++)
        free(names->texts[i]);
    free(names->texts);
    free(names->roots);
    free(names->facts);
    free(names->ends);
    intern_free(&names->keys);
    memset(names, 0, sizeof *names);
}

/* The smallest that holds the address; NULL: none does. */
static const struct trace_root *root_fact_at(const struct root_names *names, uint64_t address)
{
    const struct trace_root *best = NULL;
    size_t low = sorted_until(names->facts, names->fact_count, begin, address);

    while (low-- > 0 && names->ends[low] > address) {
        const struct trace_root *fact = &names->facts[low];

        if (address < fact->end && (!best || fact->end - fact->begin < best->end - best->begin))
            best = fact;
    }
    return best;
}

static const struct trace_root *root_stack_of(const struct root_names *names, uint32_t tid)
{
    for (size_t i = 0; i < names->fact_count; i++)
        if (names->facts[i].kind == TRACE_ROOT_STACK && names->facts[i].tid == tid)
            return &names->facts[i];
    return NULL;
}

/* --- one root ------------------------------------------------------------ */

struct root_key {
    uint64_t kind, id, start;
};

/* The number of a root; *fresh: to be filled, if it is new. */
static uint32_t root_put(struct root_names *names, enum root_kind kind, uint64_t id, uint64_t start,
                         struct root **fresh)
{
    struct root_key key = {kind, id, start};
    uint32_t number = intern_put(&names->keys, &key, sizeof key);

    *fresh = NULL;
    if (number == names->count) {
        memory_reserve(names->roots, names->count, names->capacity);
        *fresh = &names->roots[names->count++];
        **fresh = (struct root){.kind = (uint8_t)kind, .start = start, .thread = ""};
    }
    return number;
}

static void root_set_thread(struct root_names *names, struct root *root, uint32_t tid)
{
    const struct trace_root *stack = root_stack_of(names, tid);

    root->tid = tid;
    root->thread = stack ? stack->name : "";
}

static void root_describe(struct root *root, const struct variable *variable)
{
    if (!variable)
        return;
    root->variable = *variable;
    root->file = variable->file;
    root->line = variable->line;
    if (!root->name)
        root->name = variable->name;
}

/* A symbol of a static variable in a function has a number behind a dot, its debug information has
 * the name alone. */
static void root_name(struct root_names *names, struct root *root, const struct symbol *symbol,
                      const struct variable *variable)
{
    size_t length = strcspn(symbol->name, "@");
    const char *dot = strchr(symbol->name, '.');
    char *demangled = names->demangle ? demangle_name(symbol->name) : NULL;

    root->is_static = symbol->local;
    if (demangled)
        root->name = root_keep(names, demangled);
    else if (variable && variable->name && dot && symbol->local)
        root->name = variable->name;
    else
        root->name = root_keep(names, memory_text("%.*s", (int)length, symbol->name));
}

/* --- variables ----------------------------------------------------------- */

static uint32_t root_at_variable(struct root_names *names, uint32_t module, uint64_t address,
                                 uint64_t *offset)
{
    struct module_symbols *symbols = symbolize_module(names->symbolizer, module);
    uint64_t bias = names->model->modules[module].bias, inside = address - bias;
    const struct symbol *symbol = symbols ? module_symbols_data(symbols, inside) : NULL;
    const struct variable *variable = symbols ? variables_at(&symbols->variables, inside) : NULL;
    struct root *root;

    uint64_t start = symbol ? symbol->start : variable ? variable->start : 0;
    uint32_t number =
        root_put(names, symbol || variable ? ROOT_VARIABLE : ROOT_DATA, module, start, &root);
    *offset = inside - start;
    if (!root)
        return number;
    root->module = module;
    if (symbol)
        root_name(names, root, symbol, variable);
    root_describe(root, variable);
    root->inside = variable ? start - variable->start : 0;
    return number;
}

/* The module whose part of a thread's static storage the address lies in, below the thread pointer
 * as in the thread that made the check. */
static uint32_t root_at_thread_local(struct root_names *names, const struct trace_root *part,
                                     uint32_t tid, uint64_t inside, uint64_t *offset)
{
    uint32_t module = model_module_at(names->model, part->value);
    struct module_symbols *symbols = module ? symbolize_module(names->symbolizer, module) : NULL;
    const struct symbol *symbol =
        symbols ? symbol_table_of_thread(&symbols->symbols, inside) : NULL;
    const struct variable *variable =
        symbols ? variables_of_thread(&symbols->variables, inside) : NULL;
    uint64_t start = symbol ? symbol->start : variable ? variable->start : 0;
    struct root *root;
    uint32_t number =
        root_put(names, ROOT_THREAD_LOCAL, (uint64_t)tid << 32 | module, start, &root);

    *offset = inside - start;
    if (!root)
        return number;
    root->module = module;
    root_set_thread(names, root, tid);
    if (symbol)
        root_name(names, root, symbol, variable);
    root_describe(root, variable);
    return number;
}

static const struct trace_root *root_find_part(const struct root_names *names,
                                               const struct trace_root *stack, uint64_t address,
                                               uint64_t *inside)
{
    for (size_t i = 0; i < names->fact_count; i++) {
        const struct trace_root *part = &names->facts[i];
        const struct trace_root *own =
            part->kind == TRACE_ROOT_TLS ? root_stack_of(names, part->tid) : NULL;

        if (!own || !own->thread_pointer || part->begin > own->thread_pointer)
            continue;
        *inside = address - (stack->thread_pointer - (own->thread_pointer - part->begin));
        if (*inside < part->end - part->begin)
            return part;
    }
    return NULL;
}

/* --- stacks -------------------------------------------------------------- */

static void root_name_frame(struct root_names *names, struct root *root, uint64_t address)
{
    uint32_t module = model_module_at(names->model, address - 1);
    uint32_t number = model_put_frame(names->model, address, module);

    symbolize_frame(names->symbolizer, number);
    const struct position *position = names->model->frames[number].positions;
    root->function = position->function;
    root->file = position->file;
    root->line = position->line;
}

static uint32_t root_at_frame(struct root_names *names, const struct trace_root *fact,
                              uint64_t address, uint64_t *offset)
{
    uint32_t module = model_module_at(names->model, fact->value - 1);
    struct module_symbols *symbols = module ? symbolize_module(names->symbolizer, module) : NULL;
    struct variable local = {0};
    bool found = symbols && variables_local(&symbols->variables,
                                            fact->value - 1 - names->model->modules[module].bias,
                                            (int64_t)(address - fact->end), &local);
    uint64_t start = found ? fact->end + local.start : fact->begin;
    struct root *root;
    uint32_t number = root_put(names, ROOT_FRAME, fact->value, start + found, &root);

    *offset = address - start;
    if (!root)
        return number;
    root->start = start;
    root_set_thread(names, root, fact->tid);
    root_name_frame(names, root, fact->value);
    if (found) {
        root->local = local.name;
        root->variable = local;
    }
    return number;
}

/* Above it may be the frame of who called the function that is not known. */
static const struct trace_root *root_frame_above(const struct root_names *names,
                                                 const struct trace_root *stack, uint64_t address)
{
    const struct trace_root *above = NULL;

    for (size_t i = 0; i < names->fact_count; i++) {
        const struct trace_root *fact = &names->facts[i];

        if (fact->kind == TRACE_ROOT_FRAME && fact->begin > address && fact->begin < stack->end &&
            (!above || fact->begin < above->begin))
            above = fact;
    }
    return above;
}

static uint32_t root_at_stack(struct root_names *names, const struct trace_root *fact,
                              uint64_t address, uint64_t *offset)
{
    uint64_t inside;
    const struct trace_root *part =
        fact->thread_pointer ? root_find_part(names, fact, address, &inside) : NULL;
    const struct trace_root *above = part ? NULL : root_frame_above(names, fact, address);
    struct root *root;

    if (part)
        return root_at_thread_local(names, part, fact->tid, inside, offset);
    uint32_t number = root_put(names, ROOT_STACK, fact->tid, above ? above->begin : 0, &root);
    *offset = address - fact->begin;
    if (!root)
        return number;
    root->start = fact->begin;
    root_set_thread(names, root, fact->tid);
    if (above)
        root_name_frame(names, root, above->value);
    return number;
}

/* --- the rest ------------------------------------------------------------ */

static uint32_t root_at_register(struct root_names *names, const struct trace_root *fact,
                                 uint64_t address, uint64_t *offset)
{
    uint64_t number = (address - fact->begin) / 8;
    struct root *root;
    uint32_t found = root_put(names, ROOT_REGISTER, fact->tid, number, &root);

    *offset = 0;
    if (!root)
        return found;
    root->number = number;
    root->name = number < ROOT_REGISTERS_OF_THREAD ? root_registers[number] : NULL;
    root_set_thread(names, root, fact->tid);
    if (fact->value)
        root_name_frame(names, root, fact->value);
    return found;
}

/* A value, or the block of values of 32 keys: then the value's place in the block tells the rest.
 */
static uint32_t root_at_key(struct root_names *names, const struct trace_root *fact,
                            uint64_t address, uint64_t *offset)
{
    bool is_block = fact->kind == TRACE_ROOT_KEY_BLOCKS;
    uint64_t key =
        is_block ? (address - fact->begin) / 8 * ROOT_KEYS_OF_BLOCK : (address - fact->begin) / 16;
    struct root *root;
    uint32_t number = root_put(names, ROOT_KEY, (uint64_t)fact->tid << 1 | is_block, key, &root);

    *offset = 0;
    if (!root)
        return number;
    root->number = key;
    root->local = is_block ? "" : NULL;
    root_set_thread(names, root, fact->tid);
    return number;
}

static uint32_t root_at_other(struct root_names *names, enum root_kind kind,
                              const struct trace_root *fact, uint64_t address, uint64_t *offset)
{
    struct root *root;
    uint32_t number =
        root_put(names, kind, fact ? fact->tid : 0,
                 fact ? fact->begin : address / TRACE_PAGE_SIZE * TRACE_PAGE_SIZE, &root);

    *offset = address - names->roots[number].start;
    if (root && fact) {
        root->mapping = (uint8_t)fact->value;
        if (fact->tid)
            root_set_thread(names, root, fact->tid);
    }
    return number;
}

static uint32_t root_in_no_memory(struct root_names *names, uint64_t address, uint64_t *offset)
{
    struct root *root;
    uint64_t use = (address - TRACE_ROOT_IN_USE) % 16 / 8;

    *offset = 0;
    if (address >= TRACE_ROOT_IN_USE)
        return root_put(names, use == TRACE_USED_IGNORED ? ROOT_IGNORED : ROOT_LOADER, 0, 0, &root);
    return root_put(names, ROOT_REGISTER, 0, 0, &root);
}

static uint32_t root_by_fact(struct root_names *names, const struct trace_root *fact,
                             uint64_t address, uint64_t *offset)
{
    switch (fact->kind) {
    case TRACE_ROOT_STACK:
        return root_at_stack(names, fact, address, offset);
    case TRACE_ROOT_FRAME:
        return root_at_frame(names, fact, address, offset);
    case TRACE_ROOT_REGISTER:
        return root_at_register(names, fact, address, offset);
    case TRACE_ROOT_KEYS:
    case TRACE_ROOT_KEY_BLOCKS:
        return root_at_key(names, fact, address, offset);
    case TRACE_ROOT_TLS:
        return root_at_thread_local(names, fact, fact->tid, address - fact->begin, offset);
    case TRACE_ROOT_VECTORS:
        return root_at_other(names, ROOT_VECTORS, fact, address, offset);
    case TRACE_ROOT_THREAD:
        return root_at_other(names, ROOT_DESCRIPTOR, fact, address, offset);
    case TRACE_ROOT_REGION:
        return root_at_other(names, ROOT_REGION, fact, address, offset);
    default:
        return root_at_other(names, ROOT_MAPPING, fact, address, offset);
    }
}

uint32_t root_names_at(struct root_names *names, uint64_t address, uint64_t *offset)
{
    const struct trace_root *fact = root_fact_at(names, address);
    bool is_memory = address < TRACE_ROOT_REGISTERS;
    uint32_t module = is_memory ? model_module_at(names->model, address) : 0;

    if (module && (!fact || fact->kind == TRACE_ROOT_MAPPING))
        return root_at_variable(names, module, address, offset);
    if (fact)
        return root_by_fact(names, fact, address, offset);
    return is_memory ? root_at_other(names, ROOT_UNKNOWN, NULL, address, offset)
                     : root_in_no_memory(names, address, offset);
}

char *root_names_member(const struct root *root, uint64_t offset)
{
    return root->variable.name ? variables_member(&root->variable, offset + root->inside)
                               : memory_text("%s", "");
}
