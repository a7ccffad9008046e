/* symbol_table.h: an ELF file's own symbols, for names of functions and of data.
 *
 * Several symbols often name one address (strdup, __strdup). Chosen is what valgrind chooses: the
 * shortest name, and of equally long ones the first by the alphabet; but a name that is visible
 * outside beats a local one. Names are the linker's and live as long as the module's file.
 */
#ifndef SYMBOL_TABLE_H
#define SYMBOL_TABLE_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct symbol {
    uint64_t start; /* p_vaddr */
    uint64_t size;
    const char *name;
    bool local;
};
struct symbol_table {
    struct symbol *functions, *data; /* by start, one for each */
    struct symbol *threads;          /* thread-local ones: start is where in the module's part */
    size_t function_count, data_count, thread_count;
};

void symbol_table_read(struct symbol_table *table, Dwfl_Module *module);
void symbol_table_free(struct symbol_table *table);
/* The symbol that this address lies in, or NULL. */
const struct symbol *symbol_table_function(const struct symbol_table *table, uint64_t address);
const struct symbol *symbol_table_data(const struct symbol_table *table, uint64_t address);
/* A variable of each thread's, `offset` bytes into the module's part of what a thread has. */
const struct symbol *symbol_table_of_thread(const struct symbol_table *table, uint64_t offset);

/* For tests: sorts and leaves one symbol for each address; returns how many are left. */
size_t symbol_table_order(struct symbol *symbols, size_t count);

#endif
