/* type_die.h: types of debug information: their names and sizes, and what lies at an offset in
 * them.
 */
#ifndef TYPE_DIE_H
#define TYPE_DIE_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Of a variable, a member, a function's result, an element: without typedefs and qualifiers. */
bool type_of(Dwarf_Die *of, Dwarf_Die *type);
/* 0: not known. */
uint64_t type_size(Dwarf_Die *type);
/* Is it a struct, a class or a union, of which others may be made (by inheritance, as a first
 * member)? */
bool type_is_compound(Dwarf_Die *type);
/* As its sources have it, with the namespaces and classes that it stands in; of C "struct list".
 * The caller's to free. */
char *type_name(Dwarf_Die *type);
/* What lies `offset` bytes behind its start: ".table[3].head"; "" if it is of one piece. The
 * caller's to free. */
char *type_member(Dwarf_Die *type, uint64_t offset);
/* What the pointer at `offset` leads to; false: there is none, or it is void's, or lies in a union.
 */
bool type_pointee(Dwarf_Die *type, uint64_t offset, Dwarf_Die *pointee);

#endif
