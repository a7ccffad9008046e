#include "symbols/type_call.h"
#include <dwarf.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/alloc_site.h"
#include "symbols/type_die.h"

/* --- C++ ----------------------------------------------------------------- */

static bool type_call_allocates(Dwarf_Die *function, Dwarf_Die *type)
{
    const char *name = dwarf_diename(function);
    Dwarf_Die pointer;

    return name && (strcmp(name, "allocate") == 0 || strcmp(name, "_M_allocate") == 0) &&
           type_of(function, &pointer) && dwarf_tag(&pointer) == DW_TAG_pointer_type &&
           type_of(&pointer, type);
}

/* --- Rust ---------------------------------------------------------------- */

static const char *type_call_linked(Dwarf_Die *function)
{
    Dwarf_Attribute attribute;
    const char *name =
        dwarf_formstring(dwarf_attr_integrate(function, DW_AT_linkage_name, &attribute));

    return name ? name : "";
}

/* Of the crate alloc, or of the shims that rustc puts in front of malloc. */
static bool type_call_is_rusts(const char *linked)
{
    return strncmp(linked, "_ZN5alloc", 9) == 0 || strncmp(linked, "_ZN63_$LT$alloc..", 17) == 0 ||
           (strncmp(linked, "_ZN", 3) == 0 && strstr(linked, "$LT$alloc..")) ||
           (strncmp(linked, "_R", 2) == 0 && strstr(linked, "5alloc")) ||
           strncmp(linked, "__rdl_", 6) == 0 || strncmp(linked, "__rust_", 7) == 0;
}

static bool type_call_parameter_in(Dwarf_Die *function, Dwarf_Die *type)
{
    Dwarf_Die child;

    if (dwarf_child(function, &child) != 0)
        return false;
    do {
        const char *name =
            dwarf_tag(&child) == DW_TAG_template_type_parameter ? dwarf_diename(&child) : NULL;

        if (name && strcmp(name, "T") == 0)
            return type_of(&child, type);
    } while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

/* It stands with the function itself, or where that was declared. */
static bool type_call_parameter(Dwarf_Die *function, Dwarf_Die *type)
{
    static const unsigned from[] = {DW_AT_abstract_origin, DW_AT_specification};
    Dwarf_Attribute attribute;
    Dwarf_Die other;

    if (type_call_parameter_in(function, type))
        return true;
    for (int i = 0; i < 2; i++)
        if (dwarf_formref_die(dwarf_attr(function, from[i], &attribute), &other) &&
            type_call_parameter_in(&other, type))
            return true;
    return false;
}

/* --- both ---------------------------------------------------------------- */

static enum type_call type_call_of(Dwarf_Die *function, Dwarf_Die *type)
{
    const char *linked = type_call_linked(function);

    if (type_call_allocates(function, type))
        return TYPE_CALL_KNOWN;
    if (!type_call_is_rusts(linked))
        return TYPE_CALL_UNKNOWN;
    return type_call_parameter(function, type) ? TYPE_CALL_KNOWN : TYPE_CALL_PASSES;
}

enum type_call type_call_find(struct source_lines *lines, uint64_t address, Dwarf_Die *type)
{
    Dwarf_Die functions[SOURCE_DEPTH_MAX];
    size_t count = source_lines_functions(lines, address, functions);
    enum type_call call = TYPE_CALL_PASSES;

    if (count && alloc_site_type(&functions[count - 1], address + 1 - lines->bias, type))
        return TYPE_CALL_NEW;
    for (size_t i = 0; i < count && call == TYPE_CALL_PASSES; i++)
        call = type_call_of(&functions[i], type);
    return count ? call : TYPE_CALL_UNKNOWN;
}

/* --- by its name --------------------------------------------------------- */

/* Behind the bracket that closes the one at `open`, or NULL. */
static const char *type_call_close(const char *open)
{
    int depth = 0;

    for (const char *at = open; *at; at++) {
        depth += (*at == '<') - (*at == '>' && at[-1] != '-');
        if (depth == 0)
            return at + 1;
    }
    return NULL;
}

bool type_call_passes(const char *function)
{
    static const char *const begins[] = {"alloc::raw_vec::", "alloc::alloc::", "__rust_", "__rdl_",
                                         "__rustc::"};

    function += function[0] == '<';
    for (size_t i = 0; i < sizeof begins / sizeof *begins; i++)
        if (strncmp(function, begins[i], strlen(begins[i])) == 0)
            return true;
    return false;
}

char *type_call_name(const char *function)
{
    static const char *const allocators[] = {"std::__new_allocator<", "__gnu_cxx::new_allocator<",
                                             "std::allocator<", "__gnu_cxx::__mt_alloc<"};

    for (size_t i = 0; i < sizeof allocators / sizeof *allocators; i++) {
        size_t length = strlen(allocators[i]);
        const char *begin = function + length, *end;

        if (strncmp(function, allocators[i], length) != 0 || !(end = type_call_close(begin - 1)) ||
            strncmp(end, "::allocate(", 11) != 0)
            continue;
        for (end--; end > begin && end[-1] == ' '; end--)
            ;
        return memory_text("%.*s", (int)(end - begin), begin);
    }
    return NULL;
}
