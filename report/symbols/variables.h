/* variables.h: variables of a module's debug information: where they were declared, and what lies
 * at an offset in them.
 *
 * Read once, when the first is asked for: all that have a place of their own, be it in a function.
 * Local ones are looked for in the function that an address lies in.
 */
#ifndef VARIABLES_H
#define VARIABLES_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct variable {
    uint64_t start; /* the file's own address, or the offset in its thread-local data */
    uint64_t size;  /* 0: not known */
    Dwarf_Die die;
    const char *name; /* or NULL */
    const char *file; /* base name, or NULL */
    unsigned line;
};

struct variables {
    Dwfl_Module *module; /* NULL: nothing is known */
    bool read;
    uint64_t bias;         /* address in the module minus address in DWARF */
    struct variable *data; /* by start */
    size_t count, capacity;
    struct variable *threads; /* thread-local ones, by start */
    size_t thread_count, thread_capacity;
};

void variables_begin(struct variables *variables, Dwfl_Module *module);
void variables_end(struct variables *variables);

/* The variable that lies at an address of the file's own; NULL: not known. */
const struct variable *variables_at(struct variables *variables, uint64_t address);
/* The same in the module's thread-local data. */
const struct variable *variables_of_thread(struct variables *variables, uint64_t offset);
/* The local variable of the function at `address` that lies `offset` bytes from the frame's CFA. */
bool variables_local(struct variables *variables, uint64_t address, int64_t offset,
                     struct variable *local);

/* What lies `offset` bytes behind the variable's start: ".table[3].head"; "" if it is of one piece,
 * or nothing is known of it. The caller's to free. */
char *variables_member(const struct variable *variable, uint64_t offset);

#endif
