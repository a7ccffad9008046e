#include "symbols/variables.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/sorted.h"
#include "symbols/die_walk.h"
#include "symbols/type_die.h"

enum { VARIABLES_DEPTH_MAX = 32 }; /* blocks in one another */

void variables_begin(struct variables *variables, Dwfl_Module *module)
{
    memset(variables, 0, sizeof *variables);
    variables->module = module;
}

void variables_end(struct variables *variables)
{
    free(variables->data);
    free(variables->threads);
    memset(variables, 0, sizeof *variables);
}

/* --- one variable -------------------------------------------------------- */

static void variables_describe(struct variable *variable)
{
    Dwarf_Die type, own = variable->die;
    int line = 0;

    variable->name = dwarf_diename(&own);
    const char *file = dwarf_decl_file(&own);
    const char *slash = file ? strrchr(file, '/') : NULL;
    variable->file = slash ? slash + 1 : file;
    dwarf_decl_line(&own, &line);
    variable->line = line > 0 ? (unsigned)line : 0;
    variable->size = type_of(&own, &type) ? type_size(&type) : 0;
}

static bool variables_is_thread_operation(unsigned atom)
{
    return atom == DW_OP_GNU_push_tls_address || atom == DW_OP_form_tls_address;
}

static bool variables_indexed(Dwarf_Attribute *location, const Dwarf_Op *operation, uint64_t *value)
{
    Dwarf_Attribute address;

    return dwarf_getlocation_attr(location, operation, &address) == 0 &&
           dwarf_formaddr(&address, value) == 0;
}

/* Has it a place of its own, and is that thread-local? */
static bool variables_place(Dwarf_Die *die, uint64_t *start, bool *of_thread)
{
    Dwarf_Attribute location;
    Dwarf_Op *operations;
    size_t count;

    if (!dwarf_attr(die, DW_AT_location, &location) ||
        dwarf_getlocation(&location, &operations, &count) != 0 || count == 0 || count > 2)
        return false;
    *of_thread = count == 2 && variables_is_thread_operation(operations[1].atom);
    if (count == 2 && !*of_thread)
        return false;
    switch (operations[0].atom) {
    case DW_OP_addr:
    case DW_OP_const4u:
    case DW_OP_const8u:
        *start = operations[0].number;
        return operations[0].atom == DW_OP_addr || *of_thread;
    case DW_OP_addrx:
    case DW_OP_GNU_addr_index:
    case DW_OP_constx:
    case DW_OP_GNU_const_index:
        return variables_indexed(&location, &operations[0], start);
    default:
        return false;
    }
}

static void variables_add(struct variables *variables, Dwarf_Die die)
{
    struct variable variable = {0};
    bool of_thread;

    if (!variables_place(&die, &variable.start, &of_thread))
        return;
    variable.die = die;
    if (of_thread) {
        memory_reserve(variables->threads, variables->thread_count, variables->thread_capacity);
        variables->threads[variables->thread_count++] = variable;
        return;
    }
    variable.start += variables->bias;
    memory_reserve(variables->data, variables->count, variables->capacity);
    variables->data[variables->count++] = variable;
}

/* --- all of them --------------------------------------------------------- */

static bool variables_may_lie_below(unsigned tag)
{
    return tag == DW_TAG_namespace || tag == DW_TAG_subprogram || tag == DW_TAG_lexical_block ||
           tag == DW_TAG_module;
}

static void variables_read_unit(struct variables *variables, const Dwarf_Die *unit_die)
{
    struct die_unit unit;
    Dwarf_Die die = *unit_die;

    die_unit_begin(&unit, &die);
    struct die_walk walk = die_walk_begin(&unit, &die);
    while (die_walk_next(&walk)) {
        unsigned tag = die_walk_tag(&walk);

        if (tag == DW_TAG_variable)
            variables_add(variables, die_walk_die(&walk));
        else if (variables_may_lie_below(tag))
            die_walk_enter(&walk);
    }
    die_unit_end(&unit);
}

static int variables_compare(const void *left, const void *right)
{
    const struct variable *a = left, *b = right;

    return (a->start > b->start) - (a->start < b->start);
}

static void variables_order(struct variable *variables, size_t count)
{
    if (count)
        qsort(variables, count, sizeof *variables, variables_compare);
}

static void variables_read(struct variables *variables)
{
    Dwarf_Addr bias;
    Dwarf_Die *unit = NULL;

    variables->read = true;
    if (!variables->module || !dwfl_module_getdwarf(variables->module, &bias))
        return;
    variables->bias = bias;
    while ((unit = dwfl_module_nextcu(variables->module, unit, &bias)) != NULL)
        variables_read_unit(variables, unit);
    variables_order(variables->data, variables->count);
    variables_order(variables->threads, variables->thread_count);
}

/* The last one that begins at the address or below. What a copy relocation has taken elsewhere is
 * not here. */
static const struct variable *variables_search(struct variable *sorted, size_t count,
                                               uint64_t address)
{
    size_t low = sorted_until(sorted, count, start, address);

    if (low == 0)
        return NULL;
    struct variable *found = &sorted[low - 1];
    if (!found->name)
        variables_describe(found);
    uint64_t inside = address - found->start;
    return inside < found->size || inside == 0 ? found : NULL;
}

const struct variable *variables_at(struct variables *variables, uint64_t address)
{
    if (!variables->read)
        variables_read(variables);
    return variables_search(variables->data, variables->count, address);
}

const struct variable *variables_of_thread(struct variables *variables, uint64_t offset)
{
    if (!variables->read)
        variables_read(variables);
    return variables_search(variables->threads, variables->thread_count, offset);
}

/* --- local variables ----------------------------------------------------- */

/* The function says that its frame base is the CFA: all do that gcc and clang make without a frame
 * pointer, and gcc's with one. */
static bool variables_by_cfa(Dwarf_Die *function)
{
    Dwarf_Attribute base;
    Dwarf_Op *operations;
    size_t count;

    return dwarf_attr(function, DW_AT_frame_base, &base) &&
           dwarf_getlocation(&base, &operations, &count) == 0 && count == 1 &&
           operations[0].atom == DW_OP_call_frame_cfa;
}

static bool variables_is_there(Dwarf_Die *die, int64_t offset, struct variable *local)
{
    Dwarf_Attribute location;
    Dwarf_Op *operations;
    size_t count;

    if (!dwarf_attr(die, DW_AT_location, &location) ||
        dwarf_getlocation(&location, &operations, &count) != 0 || count != 1 ||
        operations[0].atom != DW_OP_fbreg)
        return false;
    int64_t start = (int64_t)operations[0].number;
    local->die = *die;
    variables_describe(local);
    local->start = (uint64_t)start;
    return offset >= start && (uint64_t)(offset - start) < (local->size ? local->size : 8);
}

static bool variables_among(Dwarf_Die *parent, int64_t offset, struct variable *local, int depth)
{
    Dwarf_Die child;

    if (depth == 0 || dwarf_child(parent, &child) != 0)
        return false;
    do {
        int tag = dwarf_tag(&child);

        if ((tag == DW_TAG_variable || tag == DW_TAG_formal_parameter) &&
            variables_is_there(&child, offset, local))
            return true;
        if ((tag == DW_TAG_lexical_block || tag == DW_TAG_inlined_subroutine) &&
            variables_among(&child, offset, local, depth - 1))
            return true;
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

bool variables_local(struct variables *variables, uint64_t address, int64_t offset,
                     struct variable *local)
{
    Dwarf_Addr bias;
    Dwarf_Die *scopes = NULL;
    Dwarf_Die *unit =
        variables->module ? dwfl_module_addrdie(variables->module, address, &bias) : NULL;
    bool found = false;

    memset(local, 0, sizeof *local);
    int count = unit ? dwarf_getscopes(unit, address - bias, &scopes) : 0;
    for (int i = 0; i < count && !found; i++)
        if (dwarf_tag(&scopes[i]) == DW_TAG_subprogram && variables_by_cfa(&scopes[i]))
            found = variables_among(&scopes[i], offset, local, VARIABLES_DEPTH_MAX);
    free(scopes);
    return found && local->name;
}

/* --- members ------------------------------------------------------------- */

char *variables_member(const struct variable *variable, uint64_t offset)
{
    Dwarf_Die die = variable->die, type;

    return die.cu && type_of(&die, &type) ? type_member(&type, offset) : memory_text("%s", "");
}
