#include "symbols/source_lines.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"

void source_lines_begin(struct source_lines *lines, Dwfl_Module *module)
{
    memset(lines, 0, sizeof *lines);
    if (dwfl_module_getdwarf(module, &lines->bias))
        lines->module = module;
}

static void source_free_unit(struct source_unit *unit)
{
    for (size_t i = 0; i < unit->function_count; i++)
        free(unit->functions[i].inlined);
    free(unit->functions);
    die_unit_end(&unit->dies);
}

void source_lines_end(struct source_lines *lines)
{
    for (uint32_t i = 0; i < lines->offsets.count; i++)
        source_free_unit(&lines->units[i]);
    intern_free(&lines->offsets);
    free(lines->units);
    free(lines->ranges);
    free(lines->scratch);
    memset(lines, 0, sizeof *lines);
}

/* --- spans of addresses -------------------------------------------------- */

/* Arrays of structs that begin with a span: sorted, and the one that holds an address. */

static int source_compare_spans(const void *left, const void *right)
{
    const struct source_span *a = left, *b = right;

    return (a->low > b->low) - (a->low < b->low);
}

static void source_sort(void *structs, size_t count, size_t size)
{
    if (count)
        qsort(structs, count, size, source_compare_spans);
}

static void *source_search(void *structs, size_t count, size_t size, Dwarf_Addr address)
{
    size_t low = 0, high = count;

    while (low < high) {
        size_t middle = low + (high - low) / 2;
        const struct source_span *span = (void *)((char *)structs + middle * size);

        if (span->low <= address)
            low = middle + 1;
        else
            high = middle;
    }
    struct source_span *found = low ? (void *)((char *)structs + (low - 1) * size) : NULL;
    return found && address < found->high ? found : NULL;
}

/* --- the unit of an address ---------------------------------------------- */

static void source_read_ranges(struct source_lines *lines)
{
    Dwarf_Die *unit = NULL;
    Dwarf_Addr bias, base, low, high;

    while ((unit = dwfl_module_nextcu(lines->module, unit, &bias)) != NULL)
        for (ptrdiff_t at = 0; (at = dwarf_ranges(unit, at, &base, &low, &high)) > 0;) {
            memory_reserve(lines->ranges, lines->range_count, lines->range_capacity);
            lines->ranges[lines->range_count++] = (struct source_range){{low, high}, *unit};
        }
    source_sort(lines->ranges, lines->range_count, sizeof *lines->ranges);
    lines->ranges_read = 1;
}

static Dwarf_Die *source_search_ranges(struct source_lines *lines, Dwarf_Addr address)
{
    if (!lines->ranges_read)
        source_read_ranges(lines);
    struct source_range *found =
        source_search(lines->ranges, lines->range_count, sizeof *lines->ranges, address);
    return found ? &found->die : NULL;
}

static const char *source_attribute_text(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;

    return dwarf_formstring(dwarf_attr_integrate(die, name, &attribute));
}

/* --- the function of an address ------------------------------------------ */

static void source_add_function(struct source_unit *unit, Dwarf_Die die)
{
    Dwarf_Addr base, low, high;

    for (ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &low, &high)) > 0;) {
        memory_reserve(unit->functions, unit->function_count, unit->function_capacity);
        unit->functions[unit->function_count++] =
            (struct source_function){.span = {low, high}, .die = die};
    }
}

/* May there be functions among its children? They stand in namespaces, in one another, in blocks
 * and, but for C, in types. Most of a unit is types and their members. */
static bool source_may_hold_functions(const struct source_unit *unit, unsigned tag)
{
    switch (tag) {
    case DW_TAG_subprogram:
    case DW_TAG_lexical_block:
    case DW_TAG_namespace:
    case DW_TAG_module:
        return true;
    case DW_TAG_class_type:
    case DW_TAG_structure_type:
    case DW_TAG_union_type:
    case DW_TAG_interface_type:
    case DW_TAG_enumeration_type: /* of Rust */
    case DW_TAG_variant_part:
    case DW_TAG_variant:
        return !unit->is_c;
    default:
        return false;
    }
}

static void source_list_functions(struct source_unit *unit)
{
    struct die_walk walk = die_walk_begin(&unit->dies, &unit->dies.die);

    while (die_walk_next(&walk)) {
        unsigned tag = die_walk_tag(&walk);

        if (tag == DW_TAG_subprogram && die_walk_has_code(&walk))
            source_add_function(unit, die_walk_die(&walk));
        if (source_may_hold_functions(unit, tag))
            die_walk_enter(&walk);
    }
}

static bool source_is_c(Dwarf_Die *unit)
{
    int language = dwarf_srclang(unit);

    return language == DW_LANG_C89 || language == DW_LANG_C || language == DW_LANG_C99 ||
           language == DW_LANG_C11;
}

/* gcc -gsplit-dwarf leaves a skeleton in the file, with ranges and lines; the rest of the unit is
 * in a .dwo file, where libdw looks for it. The skeleton itself where it is whole, or has no rest.
 */
static Dwarf_Die source_whole_unit(struct source_lines *lines, Dwarf_Die *die)
{
    Dwarf_Die rest = {0};
    uint8_t type = 0;
    const char *name;

    if (dwarf_cu_info(die->cu, NULL, &type, NULL, &rest, NULL, NULL, NULL) != 0 ||
        type != DW_UT_skeleton)
        return *die;
    if (rest.addr)
        return rest;
    name = source_attribute_text(die, DW_AT_dwo_name);
    lines->missing = name ? name : source_attribute_text(die, DW_AT_GNU_dwo_name);
    lines->missing_count++;
    return *die;
}

static unsigned source_version(Dwarf_Die *die)
{
    Dwarf_Half version = 0;

    return dwarf_cu_info(die->cu, &version, NULL, NULL, NULL, NULL, NULL, NULL) == 0 ? version : 0;
}

static struct source_unit *source_unit_of(struct source_lines *lines, Dwarf_Die *die)
{
    Dwarf_Off offset = dwarf_dieoffset(die);
    uint32_t known = lines->offsets.count;
    uint32_t number = intern_put(&lines->offsets, &offset, sizeof offset);

    if (number < known)
        return &lines->units[number];
    memory_reserve(lines->units, known, lines->unit_capacity);
    struct source_unit *unit = &lines->units[number];
    Dwarf_Die whole = source_whole_unit(lines, die);
    *unit = (struct source_unit){.is_c = source_is_c(&whole),
                                 .version = source_version(die),
                                 .directory = source_attribute_text(die, DW_AT_comp_dir)};
    die_unit_begin(&unit->dies, &whole);
    source_list_functions(unit);
    source_sort(unit->functions, unit->function_count, sizeof *unit->functions);
    return unit;
}

/* --- what is inlined there ----------------------------------------------- */

struct source_chain {
    Dwarf_Die dies[SOURCE_DEPTH_MAX]; /* outermost first: the function, then what is inlined */
    size_t count;
};

static void source_add_inlined(struct source_lines *lines, struct source_function *function,
                               Dwarf_Die die, uint32_t number, uint32_t parent)
{
    Dwarf_Addr base, low, high;

    for (ptrdiff_t at = 0; (at = dwarf_ranges(&die, at, &base, &low, &high)) > 0;) {
        memory_reserve(lines->scratch, function->inlined_count, lines->scratch_capacity);
        lines->scratch[function->inlined_count++] =
            (struct source_inlined){low, high, die, number, parent};
    }
}

static void source_list_inlined(struct source_lines *lines, struct source_unit *unit,
                                struct source_function *function)
{
    struct die_walk walk = die_walk_begin(&unit->dies, &function->die);
    uint32_t numbers[DIE_DEPTH_MAX + 1] = {0}; /* of the inlined DIE that holds this depth's */
    uint32_t dies = 0;

    while (die_walk_next(&walk)) {
        unsigned tag = die_walk_tag(&walk);
        uint32_t parent = numbers[walk.depth - 1], number = parent;

        if (tag == DW_TAG_inlined_subroutine)
            source_add_inlined(lines, function, die_walk_die(&walk), number = ++dies, parent);
        else if (tag != DW_TAG_lexical_block && tag != DW_TAG_try_block &&
                 tag != DW_TAG_catch_block)
            continue;
        numbers[walk.depth] = number;
        die_walk_enter(&walk);
    }
}

/* What is inlined stands in blocks and in one another. Neighbours of it, such as call sites, may be
 * thousands: so this is done once for a function, and not for each address in it. There may be a
 * function for each address, so it keeps no more memory than it needs. */
static void source_begin_inlined(struct source_lines *lines, struct source_unit *unit,
                                 struct source_function *function)
{
    source_list_inlined(lines, unit, function);
    size_t bytes = function->inlined_count * sizeof *function->inlined;
    if (bytes)
        function->inlined = memcpy(memory_resized(NULL, bytes, 1), lines->scratch, bytes);
    function->inlined_listed = true;
}

/* Each one that holds the address and stands in the one before; a parent is listed first. */
static void source_descend(struct source_chain *chain, const struct source_function *function,
                           Dwarf_Addr address)
{
    uint32_t inside = 0;

    for (size_t i = 0; i < function->inlined_count && chain->count < SOURCE_DEPTH_MAX; i++) {
        const struct source_inlined *inlined = &function->inlined[i];

        if (inlined->parent != inside || address < inlined->low || address >= inlined->high)
            continue;
        chain->dies[chain->count++] = inlined->die;
        inside = inlined->number;
    }
}

/* --- names and lines ----------------------------------------------------- */

/* In C a function's name is all; the search for another one would end at the end of its DIE. */
static void source_name(struct source_position *position, const struct source_unit *unit,
                        Dwarf_Die *die)
{
    position->name = dwarf_diename(die);
    if (unit->is_c && position->name)
        return;
    position->linked = source_attribute_text(die, DW_AT_linkage_name);
    if (!position->linked)
        position->linked = source_attribute_text(die, DW_AT_MIPS_linkage_name);
}

static bool source_is_foreign(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    Dwarf_Die origin;

    return dwarf_formref_die(dwarf_attr(die, DW_AT_abstract_origin, &attribute), &origin) &&
           origin.cu != die->cu;
}

static void source_line_of_address(struct source_position *position, Dwarf_Die *unit,
                                   Dwarf_Addr address)
{
    Dwarf_Line *line = dwarf_getsrc_die(unit, address);

    if (!line)
        return;
    position->path = dwarf_linesrc(line, NULL, NULL);
    dwarf_lineno(line, &position->line);
}

static void source_line_of_call(struct source_position *position, Dwarf_Die *unit,
                                Dwarf_Die *inlined)
{
    Dwarf_Attribute attribute;
    Dwarf_Word file = 0, line = 0;
    Dwarf_Files *files;
    size_t file_count;

    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_file, &attribute), &file) == 0 &&
        dwarf_getsrcfiles(unit, &files, &file_count) == 0 && file < file_count)
        position->path = dwarf_filesrc(files, file, NULL, NULL);
    if (dwarf_formudata(dwarf_attr(inlined, DW_AT_call_line, &attribute), &line) == 0)
        position->line = (int)line;
}

/* --- the whole ----------------------------------------------------------- */

struct source_spot { /* where an address lies */
    Dwarf_Die *die;  /* its unit's; NULL: nobody knows */
    struct source_unit *unit;
    struct source_function *function; /* or NULL */
};

static struct source_spot source_spot_in(struct source_lines *lines, Dwarf_Die *die,
                                         Dwarf_Addr address)
{
    struct source_spot spot = {.die = die};

    if (!die)
        return spot;
    spot.unit = source_unit_of(lines, die);
    spot.function = source_search(spot.unit->functions, spot.unit->function_count,
                                  sizeof *spot.unit->functions, address);
    return spot;
}

/* libdwfl gives the unit before a gap for what lies in the gap: all of Go, which has no aranges,
 * would be of some file of C. */
static struct source_spot source_find_spot(struct source_lines *lines, Dwarf_Addr address)
{
    Dwarf_Addr bias;
    Dwarf_Die *die = dwfl_module_addrdie(lines->module, address + lines->bias, &bias);
    struct source_spot spot = source_spot_in(lines, die, address);

    if (spot.function || (die && dwarf_haspc(die, address) == 1))
        return spot;
    return source_spot_in(lines, source_search_ranges(lines, address), address);
}

/* Before DWARF 5 libdw itself puts the unit's directory before a file of no other; that shows where
 * the directory is relative, as builders make it that want the same bytes everywhere. */
static const char *source_directory(const struct source_unit *unit, const char *path)
{
    size_t length = unit->directory ? strlen(unit->directory) : 0;
    bool has_it = unit->version < 5 && path && length &&
                  strncmp(path, unit->directory, length) == 0 && path[length] == '/';

    return has_it ? NULL : unit->directory;
}

static size_t source_put_positions(const struct source_spot *spot, struct source_chain *chain,
                                   Dwarf_Addr address, bool named,
                                   struct source_position positions[SOURCE_DEPTH_MAX])
{
    size_t count = chain->count ? chain->count : 1;

    memset(positions, 0, count * sizeof *positions);
    source_line_of_address(&positions[0], spot->die, address);
    for (size_t i = 0; i < chain->count; i++) {
        if (named || i + 1 < chain->count)
            source_name(&positions[i], spot->unit, &chain->dies[chain->count - 1 - i]);
        positions[i].is_foreign =
            i + 1 < chain->count && source_is_foreign(&chain->dies[chain->count - 1 - i]);
        if (i > 0)
            source_line_of_call(&positions[i], spot->die, &chain->dies[chain->count - i]);
        positions[i].directory = source_directory(spot->unit, positions[i].path);
    }
    return count;
}

static void source_find_chain(struct source_lines *lines, struct source_chain *chain,
                              const struct source_spot *spot, Dwarf_Addr address)
{
    if (!spot->function)
        return;
    if (!spot->function->inlined_listed)
        source_begin_inlined(lines, spot->unit, spot->function);
    chain->dies[chain->count++] = spot->function->die;
    source_descend(chain, spot->function, address);
}

size_t source_lines_functions(struct source_lines *lines, uint64_t address,
                              Dwarf_Die dies[SOURCE_DEPTH_MAX])
{
    struct source_chain chain = {.count = 0};

    if (!lines->module)
        return 0;
    struct source_spot spot = source_find_spot(lines, address - lines->bias);
    if (spot.die)
        source_find_chain(lines, &chain, &spot, address - lines->bias);
    for (size_t i = 0; i < chain.count; i++)
        dies[i] = chain.dies[chain.count - 1 - i];
    return chain.count;
}

size_t source_lines_find(struct source_lines *lines, uint64_t address, bool named,
                         struct source_position positions[SOURCE_DEPTH_MAX])
{
    struct source_chain chain = {.count = 0};

    if (!lines->module)
        return 0;
    address -= lines->bias;
    struct source_spot spot = source_find_spot(lines, address);
    if (!spot.die)
        return 0;
    source_find_chain(lines, &chain, &spot, address);
    return source_put_positions(&spot, &chain, address, named, positions);
}
