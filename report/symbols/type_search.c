#include "symbols/type_search.h"
#include <dwarf.h>
#include <stdlib.h>
#include <string.h>
#include "base/memory.h"
#include "symbols/die_walk.h"
#include "symbols/type_die.h"

struct type_wanted {
    const char *const *names;
    const char **ends; /* of each: its last part, where the names of DIEs may end */
    size_t count;
    Dwarf_Die *dies;
    bool *found;
};

/* Equal but for blanks. */
static bool type_same_text(const char *a, const char *b)
{
    for (;; a++, b++) {
        a += strspn(a, " ");
        b += strspn(b, " ");
        if (*a != *b)
            return false;
        if (!*a)
            return true;
    }
}

/* Behind the last "::" that stands in no brackets. */
static const char *type_last_part(const char *name)
{
    const char *last = name;
    int depth = 0;

    for (const char *at = name; *at; at++) {
        depth += (*at == '<' || *at == '(') - (*at == '>' || *at == ')');
        if (depth == 0 && at[0] == ':' && at[1] == ':')
            last = at + 2;
    }
    return last;
}

static void type_look_at(struct type_wanted *wanted, Dwarf_Die die)
{
    Dwarf_Attribute attribute;
    const char *name = dwarf_diename(&die);

    for (size_t i = 0; name && i < wanted->count; i++) {
        if (wanted->found[i] || !type_same_text(name, wanted->ends[i]) ||
            dwarf_attr(&die, DW_AT_declaration, &attribute))
            continue;
        char *whole = type_name(&die);
        if (type_same_text(whole, wanted->names[i])) {
            wanted->dies[i] = die;
            wanted->found[i] = true;
        }
        free(whole);
    }
}

static void type_search_unit(struct type_wanted *wanted, Dwarf_Die *unit_die)
{
    struct die_unit unit;

    die_unit_begin(&unit, unit_die);
    struct die_walk walk = die_walk_begin(&unit, unit_die);
    while (die_walk_next(&walk)) {
        unsigned tag = die_walk_tag(&walk);
        bool is_class = tag == DW_TAG_structure_type || tag == DW_TAG_class_type;

        if (is_class)
            type_look_at(wanted, die_walk_die(&walk));
        if (is_class || tag == DW_TAG_namespace || tag == DW_TAG_module || tag == DW_TAG_subprogram)
            die_walk_enter(&walk);
    }
    die_unit_end(&unit);
}

void type_search(Dwarf *dwarf, const char *const *names, size_t count, Dwarf_Die *dies, bool *found)
{
    struct type_wanted wanted = {names, memory_zeroed(count + 1, sizeof *wanted.ends), count, dies,
                                 found};
    Dwarf_Off at = 0, next;
    size_t header;

    memset(found, 0, count * sizeof *found);
    for (size_t i = 0; i < count; i++)
        wanted.ends[i] = type_last_part(names[i]);
    for (; dwarf_nextcu(dwarf, at, &next, &header, NULL, NULL, NULL) == 0; at = next) {
        Dwarf_Die die;

        if (dwarf_offdie(dwarf, at + header, &die))
            type_search_unit(&wanted, &die);
    }
    free(wanted.ends);
}
