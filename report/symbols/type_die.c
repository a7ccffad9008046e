#include "symbols/type_die.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "base/text_buffer.h"

enum { TYPE_DEPTH_MAX = 32, TYPE_DIMENSIONS_MAX = 8 }; /* types in one another */

bool type_of(Dwarf_Die *of, Dwarf_Die *type)
{
    Dwarf_Attribute attribute;

    return dwarf_attr_integrate(of, DW_AT_type, &attribute) &&
           dwarf_formref_die(&attribute, type) && dwarf_peel_type(type, type) == 0;
}

uint64_t type_size(Dwarf_Die *type)
{
    Dwarf_Word size;

    return dwarf_aggregate_size(type, &size) == 0 ? size : 0;
}

bool type_is_compound(Dwarf_Die *type)
{
    int tag = dwarf_tag(type);

    return tag == DW_TAG_structure_type || tag == DW_TAG_class_type || tag == DW_TAG_union_type;
}

/* --- names --------------------------------------------------------------- */

static bool type_is_c(Dwarf_Die *type)
{
    Dwarf_Die unit;

    if (!dwarf_diecu(type, &unit, NULL, NULL))
        return false;
    int language = dwarf_srclang(&unit);
    return language == DW_LANG_C89 || language == DW_LANG_C || language == DW_LANG_C99 ||
           language == DW_LANG_C11;
}

static const char *type_word(Dwarf_Die *type)
{
    if (!type_is_c(type))
        return "";
    switch (dwarf_tag(type)) {
    case DW_TAG_structure_type:
        return "struct ";
    case DW_TAG_union_type:
        return "union ";
    default:
        return "";
    }
}

/* Outermost first; the unit itself has no name here. */
static void type_add_scopes(struct text_buffer *text, Dwarf_Die *type)
{
    Dwarf_Die *scopes = NULL;
    int count = dwarf_getscopes_die(type, &scopes);

    for (int i = count - 1; i > 0; i--) {
        int tag = dwarf_tag(&scopes[i]);
        const char *name = dwarf_diename(&scopes[i]);

        if (tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_structure_type ||
            tag == DW_TAG_class_type)
            text_buffer_format(text, "%s::", name ? name : "(anonymous namespace)");
    }
    free(scopes);
}

/* How many elements each step of the array's n-th dimension passes over, from the last dimension
 * on; false: that is not known, which is no matter of the only one's. */
static bool type_dimension(Dwarf_Die *range, uint64_t *count)
{
    Dwarf_Attribute attribute;
    Dwarf_Word value;

    if (dwarf_attr_integrate(range, DW_AT_count, &attribute) &&
        dwarf_formudata(&attribute, &value) == 0)
        *count = value;
    else if (dwarf_attr_integrate(range, DW_AT_upper_bound, &attribute) &&
             dwarf_formudata(&attribute, &value) == 0)
        *count = value + 1;
    else
        return false;
    return true;
}

static unsigned type_dimensions(Dwarf_Die *type, uint64_t counts[TYPE_DIMENSIONS_MAX])
{
    Dwarf_Die child;
    unsigned dimensions = 0;

    if (dwarf_child(type, &child) != 0)
        return 0;
    do
        if (dwarf_tag(&child) == DW_TAG_subrange_type && dimensions < TYPE_DIMENSIONS_MAX &&
            type_dimension(&child, &counts[dimensions]) && counts[dimensions])
            dimensions++;
    while (dwarf_siblingof(&child, &child) == 0);
    return dimensions;
}

static void type_add_pointed(struct text_buffer *text, Dwarf_Die *pointer)
{
    Dwarf_Die to;
    char *name = type_of(pointer, &to) ? type_name(&to) : memory_text("void");
    bool touches = name[0] && name[strlen(name) - 1] == '*';

    text_buffer_format(text, "%s%s*", name, touches || !type_is_c(pointer) ? "" : " ");
    free(name);
}

static void type_add_array(struct text_buffer *text, Dwarf_Die *array)
{
    uint64_t counts[TYPE_DIMENSIONS_MAX];
    unsigned dimensions = type_dimensions(array, counts);
    Dwarf_Die of;
    char *name = type_of(array, &of) ? type_name(&of) : memory_text("void");

    text_buffer_add(text, name);
    for (unsigned i = 0; i < dimensions; i++)
        text_buffer_format(text, "[%llu]", (unsigned long long)counts[i]);
    if (!dimensions)
        text_buffer_add(text, "[]");
    free(name);
}

char *type_name(Dwarf_Die *type)
{
    struct text_buffer text = {0};
    const char *name = dwarf_diename(type);

    if (name) {
        text_buffer_add(&text, type_word(type));
        type_add_scopes(&text, type);
        text_buffer_add(&text, name);
    } else if (dwarf_tag(type) == DW_TAG_pointer_type) {
        type_add_pointed(&text, type);
    } else if (dwarf_tag(type) == DW_TAG_array_type) {
        type_add_array(&text, type);
    } else if (dwarf_tag(type) == DW_TAG_subroutine_type) {
        text_buffer_add(&text, "a function");
    } else {
        text_buffer_format(&text, "%sa type without a name", type_word(type));
    }
    return text.text;
}

/* --- what lies at an offset ---------------------------------------------- */

struct type_step {
    Dwarf_Die type;
    uint64_t offset;
};

static bool type_member_at(Dwarf_Die *child, uint64_t offset, struct type_step *step)
{
    Dwarf_Attribute attribute;
    Dwarf_Word start = 0;

    if (dwarf_attr_integrate(child, DW_AT_data_member_location, &attribute) &&
        dwarf_formudata(&attribute, &start) != 0)
        return false;
    if (offset < start || !type_of(child, &step->type) || offset - start >= type_size(&step->type))
        return false;
    step->offset = offset - start;
    return true;
}

/* Nodes of libstdc++'s containers have bytes for the element, in a struct whose name says of which
 * type. */
static bool type_into_bytes(struct type_step *step)
{
    Dwarf_Die child;
    const char *name = dwarf_diename(&step->type);

    if (!name || strncmp(name, "__aligned_", 10) != 0 || dwarf_child(&step->type, &child) != 0)
        return false;
    do
        if (dwarf_tag(&child) == DW_TAG_template_type_parameter)
            return type_of(&child, &step->type);
    while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

/* Of several members that hold the offset the largest: an empty base, or a member that takes no
 * space, has a byte of its own size all the same. In a union the first. */
static bool type_find_member(Dwarf_Die *type, uint64_t offset, Dwarf_Die *member,
                             struct type_step *step)
{
    bool is_union = dwarf_tag(type) == DW_TAG_union_type;
    uint64_t largest = 0;
    Dwarf_Die child;

    if (dwarf_child(type, &child) != 0)
        return false;
    do {
        int tag = dwarf_tag(&child);
        struct type_step below;

        if ((tag != DW_TAG_member && tag != DW_TAG_inheritance) || (is_union && largest) ||
            !type_member_at(&child, offset, &below) || type_size(&below.type) <= largest)
            continue;
        largest = type_size(&below.type);
        *member = child;
        *step = below;
    } while (dwarf_siblingof(&child, &child) == 0);
    return largest > 0;
}

static bool type_into_struct(struct text_buffer *text, struct type_step *step)
{
    Dwarf_Die member, type = step->type;

    if (type_into_bytes(step))
        return true;
    if (!type_find_member(&type, step->offset, &member, step))
        return false;
    const char *name = dwarf_tag(&member) == DW_TAG_member ? dwarf_diename(&member) : NULL;
    if (name)
        text_buffer_format(text, ".%s", name);
    return true;
}

static bool type_into_array(struct text_buffer *text, struct type_step *step)
{
    uint64_t counts[TYPE_DIMENSIONS_MAX], index, element, below = 1;
    Dwarf_Die type = step->type, of;

    if (!type_of(&type, &of) || (element = type_size(&of)) == 0)
        return false;
    unsigned dimensions = type_dimensions(&type, counts);
    index = step->offset / element;
    for (unsigned i = 1; i < dimensions; i++)
        below *= counts[i];
    for (unsigned i = 0; i < (dimensions ? dimensions : 1); i++) {
        text_buffer_format(text, "[%llu]", (unsigned long long)(below ? index / below : index));
        index = below ? index % below : 0;
        if (i + 1 < dimensions)
            below /= counts[i + 1];
    }
    *step = (struct type_step){of, step->offset % element};
    return true;
}

/* Into the members of members, as far as they have any. */
static struct type_step type_descend(Dwarf_Die *type, uint64_t offset, bool into_unions,
                                     struct text_buffer *text)
{
    struct type_step step = {*type, offset};
    bool goes_on = true;

    for (int depth = 0; goes_on && depth < TYPE_DEPTH_MAX; depth++) {
        int tag = dwarf_tag(&step.type);

        goes_on = tag == DW_TAG_array_type ? type_into_array(text, &step)
                  : type_is_compound(&step.type) && (into_unions || tag != DW_TAG_union_type)
                      ? type_into_struct(text, &step)
                      : false;
    }
    return step;
}

char *type_member(Dwarf_Die *type, uint64_t offset)
{
    struct text_buffer text = {0};

    type_descend(type, offset, true, &text);
    return text.text ? text.text : memory_text("%s", "");
}

bool type_pointee(Dwarf_Die *type, uint64_t offset, Dwarf_Die *pointee)
{
    struct text_buffer text = {0};
    struct type_step step = type_descend(type, offset, false, &text);
    int tag = dwarf_tag(&step.type);

    free(text.text);
    return step.offset == 0 && (tag == DW_TAG_pointer_type || tag == DW_TAG_reference_type) &&
           type_of(&step.type, pointee);
}
