/* source_lines.h: file, line and inlined functions of an address, from DWARF.
 *
 * Units are found by the address index of the file where it has one, and otherwise by each unit's
 * own ranges (clang and rustc write no index). A unit's functions are listed once, when the first
 * address in it is asked for.
 */
#ifndef SOURCE_LINES_H
#define SOURCE_LINES_H

#include <elfutils/libdwfl.h>
#include <stddef.h>
#include <stdint.h>

struct source_function { /* [low, high) belongs to the function `die` */
    Dwarf_Addr low, high;
    Dwarf_Die die;
};
struct source_unit {
    Dwarf_Off offset;                  /* of its DIE: names it */
    struct source_function *functions; /* by low */
    size_t function_count, function_capacity;
};
struct source_range { /* [low, high) belongs to the unit `die` */
    Dwarf_Addr low, high;
    Dwarf_Die die;
};
struct source_lines {
    Dwfl_Module *module;
    Dwarf_Addr bias; /* address in the module minus address in DWARF */
    struct source_unit *units;
    size_t unit_count, unit_capacity;
    struct source_range *ranges; /* of all units, by low; only when it was needed */
    size_t range_count, range_capacity;
    int ranges_read;
};

enum { SOURCE_DEPTH_MAX = 64 }; /* functions inlined into one another */

/* One function at an address, innermost first. */
struct source_place {
    const char *linked;    /* linkage name, or NULL */
    const char *name;      /* DW_AT_name, or NULL */
    const char *path;      /* source file, or NULL */
    const char *directory; /* where a relative path starts, or NULL */
    int line;              /* 0: not known */
};

void source_lines_begin(struct source_lines *lines, Dwfl_Module *module);
void source_lines_end(struct source_lines *lines);
/* Fills at most SOURCE_DEPTH_MAX places; the last one is the real function. 0: nothing known. */
size_t source_lines_find(struct source_lines *lines, uint64_t address,
                         struct source_place places[SOURCE_DEPTH_MAX]);

#endif
