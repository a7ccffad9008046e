#include "judge/types/type_list.h"
#include <dwarf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/demangle.h"
#include "symbols/type_die.h"

void type_list_begin(struct type_list *list)
{
    memset(list, 0, sizeof *list);
    memory_reserve(list->types, list->count, list->capacity);
    list->types[list->count++] = (struct known_type){0};
}

void type_list_end(struct type_list *list)
{
    for (uint32_t i = 0; i < list->count; i++)
        free(list->types[i].name);
    intern_free(&list->names);
    intern_free(&list->dies);
    intern_free(&list->places);
    free(list->types);
    free(list->by_die);
    free(list->leads_to);
    memset(list, 0, sizeof *list);
}

/* --- names and layouts --------------------------------------------------------------- */

static char *types_without_blanks(const char *name)
{
    char *text = memory_text("%s", name), *to = text;

    for (const char *at = name; *at; at++)
        if (*at != ' ')
            *to++ = *at;
    *to = '\0';
    return text;
}

/* make_shared<T> allocates a struct of counts and a T: a T for us. */
static char *types_without_counts(char *name)
{
    static const char begin[] = "std::_Sp_counted_ptr_inplace<";
    const char *at = name + sizeof begin - 1;
    int depth = 0;

    if (strncmp(name, begin, sizeof begin - 1) != 0)
        return name;
    for (; *at && (depth || (*at != ',' && *at != '>')); at++)
        depth += (*at == '<' || *at == '(') - (*at == '>' || *at == ')');
    char *text =
        memory_text("%.*s", (int)(at - name) - (int)sizeof begin + 1, name + sizeof begin - 1);
    free(name);
    return text;
}

uint32_t type_list_put_name(struct type_list *list, char *name)
{
    name = types_without_counts(name);
    char *key = types_without_blanks(name);
    uint32_t number = intern_put(&list->names, key, strlen(key)) + 1;

    free(key);
    if (number < list->count) {
        free(name);
        return number;
    }
    memory_reserve(list->types, list->count, list->capacity);
    list->types[list->count++] = (struct known_type){.name = name};
    return number;
}

/* make_shared<T> and allocate_shared make a struct of counts and a T. */
static bool types_is_shared(Dwarf_Die *die, Dwarf_Die *inner)
{
    static const char begin[] = "_Sp_counted_ptr_inplace<";
    const char *name = dwarf_diename(die);
    Dwarf_Die child;

    if (!name || strncmp(name, begin, sizeof begin - 1) != 0 || dwarf_child(die, &child) != 0)
        return false;
    do
        if (dwarf_tag(&child) == DW_TAG_template_type_parameter)
            return type_of(&child, inner);
    while (dwarf_siblingof(&child, &child) == 0);
    return false;
}

void type_list_describe(struct known_type *type, Dwarf_Die *die)
{
    Dwarf_Die inner;

    if (type->has_die)
        return;
    type->has_die = true;
    type->size = type_size(die);
    type->die = *die;
    if (types_is_shared(die, &inner)) {
        type->begin = 16;
        type->size = type->size > 16 ? type->size - 16 : 0;
        type->die = inner;
    }
}

uint32_t type_list_put_die(struct type_list *list, Dwarf_Die *die)
{
    uint32_t known = list->dies.count;
    uint32_t number = intern_put(&list->dies, &die->addr, sizeof die->addr);

    if (number == known) {
        Dwarf_Die inner;
        char *name = types_is_shared(die, &inner) ? type_name(&inner) : type_name(die);

        memory_reserve(list->by_die, known, list->by_die_capacity);
        list->by_die[number] = type_list_put_name(list, name);
        type_list_describe(&list->types[list->by_die[number]], die);
    }
    return list->by_die[number];
}

/* What the pointer at an offset in a type leads to; 0: nobody knows. */
uint32_t type_list_pointee(struct type_list *list, uint32_t type, uint64_t offset)
{
    uint64_t key[2] = {type, offset};
    uint32_t known = list->places.count;
    uint32_t number = intern_put(&list->places, key, sizeof key);

    if (number == known) {
        Dwarf_Die die = list->types[type].die, to;

        memory_reserve(list->leads_to, known, list->leads_to_capacity);
        list->leads_to[number] = type_pointee(&die, offset, &to) ? type_list_put_die(list, &to) : 0;
    }
    return list->leads_to[number];
}

bool type_list_fits(const struct known_type *type, uint64_t size)
{
    Dwarf_Die die = type->die;

    if (!type->has_die || !type->size || size < type->size)
        return false;
    return type_is_compound(&die) ? size == type->size : size % type->size == 0;
}

/* --- words ------------------------------------------------------------- */

char *type_list_of_vtable(const char *symbol)
{
    static const char begin[] = "vtable for ";
    char *name = strncmp(symbol, "_ZTV", 4) == 0 ? demangle_name(symbol) : NULL;
    char *text = name && strncmp(name, begin, sizeof begin - 1) == 0
                     ? memory_text("%s", name + sizeof begin - 1)
                     : NULL;

    free(name);
    return text;
}

/* "Session" and ".timer" are "Session::timer"; in C it stays a dot. */
static char *types_join(const struct known_type *type, const char *index, const char *member)
{
    Dwarf_Die die = type->die, unit;
    int language = dwarf_diecu(&die, &unit, NULL, NULL) ? dwarf_srclang(&unit) : 0;
    bool is_cxx = language == DW_LANG_C_plus_plus || language == DW_LANG_C_plus_plus_11 ||
                  language == DW_LANG_C_plus_plus_14 || language == DW_LANG_Rust;

    if (member[0] == '.' && !index[0] && is_cxx)
        return memory_text("%s::%s", type->name, member + 1);
    return memory_text("%s%s%s", type->name, index, member);
}

char *type_list_place(struct known_type *type, uint64_t block_size, uint64_t offset)
{
    char index[32] = "";

    if (!type->has_die || !type->size || offset < type->begin)
        return memory_text("%s", type->name);
    offset -= type->begin;
    if (block_size - type->begin >= 2 * type->size)
        snprintf(index, sizeof index, "[%llu]", (unsigned long long)(offset / type->size));
    char *member = type_member(&type->die, offset % type->size);
    char *text = types_join(type, index, member);
    free(member);
    return text;
}
