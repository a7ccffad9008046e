#include "source_lines.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "memory.h"

enum { TREE_DEPTH_MAX = 128 }; /* DIEs in one another; a bound for damaged files */

void source_lines_begin(struct source_lines *lines, Dwfl_Module *module)
{
    memset(lines, 0, sizeof *lines);
    if (dwfl_module_getdwarf(module, &lines->bias))
        lines->module = module;
}

void source_lines_end(struct source_lines *lines)
{
    for (size_t i = 0; i < lines->unit_count; i++)
        free(lines->units[i].functions);
    free(lines->units);
    free(lines->ranges);
    memset(lines, 0, sizeof *lines);
}

/* --- the unit of an address ---------------------------------------------- */

static int source_compare_ranges(const void *left, const void *right)
{
    const struct source_range *a = left, *b = right;

    return (a->low > b->low) - (a->low < b->low);
}

static void source_read_ranges(struct source_lines *lines)
{
    Dwarf_Die *unit = NULL;
    Dwarf_Addr bias, base, low, high;

    while ((unit = dwfl_module_nextcu(lines->module, unit, &bias)) != NULL)
        for (ptrdiff_t at = 0; (at = dwarf_ranges(unit, at, &base, &low, &high)) > 0;) {
            memory_make_room(lines->ranges, lines->range_count, lines->range_capacity);
            lines->ranges[lines->range_count++] = (struct source_range){low, high, *unit};
        }
    if (lines->range_count)
        qsort(lines->ranges, lines->range_count, sizeof *lines->ranges, source_compare_ranges);
    lines->ranges_read = 1;
}

static Dwarf_Die *source_search_ranges(struct source_lines *lines, Dwarf_Addr address)
{
    if (!lines->ranges_read)
        source_read_ranges(lines);

    size_t low = 0, high = lines->range_count;
    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (lines->ranges[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low && address < lines->ranges[low - 1].high ? &lines->ranges[low - 1].die : NULL;
}

static Dwarf_Die *source_find_unit(struct source_lines *lines, Dwarf_Addr address)
{
    Dwarf_Addr bias;
    Dwarf_Die *unit = dwfl_module_addrdie(lines->module, address + lines->bias, &bias);

    /* libdwfl gives the unit before a gap for what lies in the gap: all of Go, which has no
     * aranges, would be of some file of C. */
    return unit && dwarf_haspc(unit, address) == 1 ? unit : source_search_ranges(lines, address);
}

/* --- the function of an address ------------------------------------------ */

static void source_add_function(struct source_unit *unit, Dwarf_Die *die)
{
    Dwarf_Addr base, low, high;

    for (ptrdiff_t at = 0; (at = dwarf_ranges(die, at, &base, &low, &high)) > 0;) {
        memory_make_room(unit->functions, unit->function_count, unit->function_capacity);
        unit->functions[unit->function_count++] = (struct source_function){low, high, *die};
    }
}

/* Functions stand in namespaces, in classes and in one another. */
static void source_list_functions(struct source_unit *unit, Dwarf_Die *parent, int depth)
{
    Dwarf_Die die;

    if (depth == TREE_DEPTH_MAX || dwarf_child(parent, &die) != 0)
        return;
    do {
        if (dwarf_tag(&die) == DW_TAG_subprogram)
            source_add_function(unit, &die);
        if (dwarf_tag(&die) != DW_TAG_inlined_subroutine)
            source_list_functions(unit, &die, depth + 1);
    } while (dwarf_siblingof(&die, &die) == 0);
}

static int source_compare_functions(const void *left, const void *right)
{
    const struct source_function *a = left, *b = right;

    return (a->low > b->low) - (a->low < b->low);
}

static struct source_unit *source_unit_of(struct source_lines *lines, Dwarf_Die *die)
{
    Dwarf_Off offset = dwarf_dieoffset(die);

    for (size_t i = 0; i < lines->unit_count; i++)
        if (lines->units[i].offset == offset)
            return &lines->units[i];
    memory_make_room(lines->units, lines->unit_count, lines->unit_capacity);
    struct source_unit *unit = &lines->units[lines->unit_count++];
    *unit = (struct source_unit){.offset = offset};
    source_list_functions(unit, die, 0);
    if (unit->function_count)
        qsort(unit->functions, unit->function_count, sizeof *unit->functions,
              source_compare_functions);
    return unit;
}

static Dwarf_Die *source_find_function(const struct source_unit *unit, Dwarf_Addr address)
{
    size_t low = 0, high = unit->function_count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;

        if (unit->functions[middle].low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low && address < unit->functions[low - 1].high ? &unit->functions[low - 1].die : NULL;
}

/* --- what is inlined there ----------------------------------------------- */

struct source_chain {
    Dwarf_Die dies[SOURCE_DEPTH_MAX]; /* outermost first: the function, then what is inlined */
    size_t count;
};

/* A block without addresses of its own may still hold inlined functions that have some. */
static bool source_may_hold(Dwarf_Die *die, Dwarf_Addr address)
{
    int tag = dwarf_tag(die);

    if (tag == DW_TAG_inlined_subroutine)
        return dwarf_haspc(die, address) == 1;
    if (tag != DW_TAG_lexical_block && tag != DW_TAG_try_block && tag != DW_TAG_catch_block)
        return false;
    return !(dwarf_hasattr(die, DW_AT_low_pc) || dwarf_hasattr(die, DW_AT_ranges)) ||
           dwarf_haspc(die, address) == 1;
}

static bool source_descend(struct source_chain *chain, Dwarf_Die *parent, Dwarf_Addr address,
                           int depth)
{
    Dwarf_Die die;

    if (depth == TREE_DEPTH_MAX || dwarf_child(parent, &die) != 0)
        return false;
    do {
        if (!source_may_hold(&die, address))
            continue;
        if (dwarf_tag(&die) == DW_TAG_inlined_subroutine) {
            if (chain->count < SOURCE_DEPTH_MAX)
                chain->dies[chain->count++] = die;
            source_descend(chain, &die, address, depth + 1);
            return true;
        }
        if (source_descend(chain, &die, address, depth + 1))
            return true;
    } while (dwarf_siblingof(&die, &die) == 0);
    return false;
}

/* --- names and lines ----------------------------------------------------- */

static const char *source_attribute_text(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;

    return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

static void source_name(struct source_place *place, Dwarf_Die *die)
{
    place->linked = source_attribute_text(die, DW_AT_linkage_name);
    if (!place->linked)
        place->linked = source_attribute_text(die, DW_AT_MIPS_linkage_name);
    place->name = dwarf_diename(die);
}

static void source_line_of_address(struct source_place *place, Dwarf_Die *unit, Dwarf_Addr address)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, address);

    if (!line)
        return;
    place->path = dwarf_linesrc(line, NULL, NULL);
    dwarf_lineno(line, &place->line);
}

static void source_line_of_call(struct source_place *place, Dwarf_Die *unit, Dwarf_Die *inlined)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files *files;
    size_t file_count;

    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) == 0 &&
        dwarf_getsrcfiles(unit, &files, &file_count) == 0 && file < file_count)
        place->path = dwarf_filesrc(files, file, NULL, NULL);
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) == 0)
        place->line = (int)line;
}

size_t source_lines_find(struct source_lines *lines, uint64_t address,
                         struct source_place places[SOURCE_DEPTH_MAX])
{
    struct source_chain chain = {.count = 0};

    if (!lines->module)
        return 0;
    address -= lines->bias;
    Dwarf_Die *unit = source_find_unit(lines, address);
    if (!unit)
        return 0;
    Dwarf_Die *function = source_find_function(source_unit_of(lines, unit), address);
    if (function) {
        chain.dies[chain.count++] = *function;
        source_descend(&chain, function, address, 0);
    }
    size_t count = chain.count ? chain.count : 1;
    memset(places, 0, count * sizeof *places);
    source_line_of_address(&places[0], unit, address);
    for (size_t i = 0; i < chain.count; i++) {
        source_name(&places[i], &chain.dies[chain.count - 1 - i]);
        places[i].directory = source_attribute_text(unit, DW_AT_comp_dir);
        if (i > 0)
            source_line_of_call(&places[i], unit, &chain.dies[chain.count - i]);
    }
    return count;
}
