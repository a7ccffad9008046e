/* type_list.h: the types that are known of: each once, by its name.
 */
#ifndef TYPE_LIST_H
#define TYPE_LIST_H

#include <elfutils/libdw.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/intern.h"

struct known_type {
    char *name;
    uint32_t module; /* whose vtable it is, or 0 */
    bool has_die;
    Dwarf_Die die;
    uint64_t size;  /* 0: not known */
    uint64_t begin; /* where in a block it begins: behind the counts of a shared_ptr */
};

struct type_list {
    struct intern names;      /* without blanks: number → types[number + 1] */
    struct known_type *types; /* [0] is none */
    uint32_t count, capacity;
    struct intern dies; /* number → by_die[number] */
    uint32_t *by_die;
    uint32_t by_die_capacity;
    struct intern places; /* a type and an offset: number → leads_to[number] */
    uint32_t *leads_to;
    uint32_t leads_to_capacity;
};

void type_list_begin(struct type_list *list);
void type_list_end(struct type_list *list);

/* The number of a type. The name is the list's from now on. */
uint32_t type_list_put_name(struct type_list *list, char *name);
uint32_t type_list_put_die(struct type_list *list, Dwarf_Die *die);
/* The layout of one of which only the name was known. */
void type_list_describe(struct known_type *type, Dwarf_Die *die);

/* What the pointer at an offset in a type, which has a DIE, leads to; 0: nobody knows. */
uint32_t type_list_pointee(struct type_list *list, uint32_t type, uint64_t offset);
/* Does a block of this size consist of such? Of an array any number fits; of structs one, since
 * another may begin with this one. */
bool type_list_fits(const struct known_type *type, uint64_t size);
/* "Session::timer", "Session *[3]": what lies at an offset in a block. For free. */
char *type_list_place(struct known_type *type, uint64_t block_size, uint64_t offset);

/* The class whose vtable the symbol is, or NULL. For free. */
char *type_list_of_vtable(const char *symbol);

#endif
