/* source_lines.h: file, line and inlined functions of an address, from DWARF.
 *
 * Units are found by the address index of the file where it has one, and otherwise by each unit's
 * own ranges (clang and rustc write no index). A unit's functions are listed once, when the first
 * address in it is asked for.
 */
#ifndef SOURCE_LINES_H
#define SOURCE_LINES_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/intern.h"
#include "symbols/die_walk.h"

struct source_span {
    Dwarf_Addr low, high; /* [low, high) */
};
struct source_inlined { /* [low, high) was inlined from `die`, which may be here several times */
    Dwarf_Addr low, high;
    Dwarf_Die die;
    uint32_t number; /* of the DIE: 1, 2 … */
    uint32_t parent; /* that of the one that it is inlined in, or 0: the function itself */
};
struct source_function { /* the span belongs to the function `die` */
    struct source_span span;
    Dwarf_Die die;
    struct source_inlined *inlined; /* parents first; read when an address in it is asked for */
    size_t inlined_count;
    bool inlined_listed;
};
struct source_unit {
    struct die_unit dies;
    bool is_c;
    unsigned version;                  /* of DWARF */
    const char *directory;             /* where relative paths start, or NULL */
    struct source_function *functions; /* by low */
    size_t function_count, function_capacity;
};
struct source_range { /* the span belongs to the unit `die` */
    struct source_span span;
    Dwarf_Die die;
};
struct source_lines {
    Dwfl_Module *module;
    Dwarf_Addr bias;       /* address in the module minus address in DWARF */
    struct intern offsets; /* of units' DIEs: number → units[number] */
    struct source_unit *units;
    uint32_t unit_capacity;
    struct source_inlined *scratch; /* for those of one function */
    size_t scratch_capacity;
    struct source_range *ranges; /* of all units, by low; only when it was needed */
    size_t range_count, range_capacity;
    int ranges_read;
    uint32_t missing_count; /* units of which a part was not found, */
    const char *missing;    /* in a file of this name (of the last one), or NULL */
};

enum { SOURCE_DEPTH_MAX = 64 }; /* functions inlined into one another */

/* One function at an address, innermost first. */
struct source_position {
    const char *linked;    /* linkage name, or NULL */
    const char *name;      /* DW_AT_name, or NULL */
    const char *path;      /* source file, or NULL */
    const char *directory; /* where a relative path starts, or NULL */
    int line;              /* 0: not known */
    bool is_foreign;       /* inlined from another unit, as LTO does: valgrind knows no name */
};

void source_lines_begin(struct source_lines *lines, Dwfl_Module *module);
void source_lines_end(struct source_lines *lines);
/* Fills at most SOURCE_DEPTH_MAX positions; the last one is the real function, which gets names
 * only if named. 0: nothing known. */
size_t source_lines_find(struct source_lines *lines, uint64_t address, bool named,
                         struct source_position positions[SOURCE_DEPTH_MAX]);

/* The functions that the address lies in, innermost first; the last one is the real one. */
size_t source_lines_functions(struct source_lines *lines, uint64_t address,
                              Dwarf_Die dies[SOURCE_DEPTH_MAX]);

#endif
