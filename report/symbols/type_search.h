/* type_search.h: types of debug information by their names.
 */
#ifndef TYPE_SEARCH_H
#define TYPE_SEARCH_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>

/* Finds complete structs and classes by their names; found[i]: dies[i] is that of names[i]. Blanks
 * do not matter. Goes through all units. */
void type_search(Dwarf *dwarf, const char *const *names, size_t count, Dwarf_Die *dies,
                 bool *found);

#endif
