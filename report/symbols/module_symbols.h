/* module_symbols.h: all that is asked of one module's file: names, files and lines of calls.
 *
 * Each address is looked up once, whatever number of logs and stacks it occurs in. What is given
 * out lives until module_symbols_close.
 */
#ifndef MODULE_SYMBOLS_H
#define MODULE_SYMBOLS_H

#include <stdbool.h>
#include <stdint.h>
#include "base/intern.h"
#include "read/model.h"
#include "symbols/module_file.h"
#include "symbols/segment.h"
#include "symbols/source_lines.h"
#include "symbols/symbol_table.h"
#include "symbols/variables.h"

struct module_call { /* what was found out about a call */
    struct position *positions;
    uint32_t position_count; /* 1 or more */
};

struct module_symbols {
    struct module_file file; /* without a dwfl: nothing is known of any address */
    struct symbol_table symbols;
    struct source_lines lines;
    struct variables variables; /* of its debug information */
    bool demangle;
    struct intern addresses;   /* number → calls[number] */
    struct module_call *calls; /* as many as there are addresses */
    uint32_t call_capacity;
    struct intern paths; /* directory and file, as libdw's texts: number → whole_paths[number] */
    const char **whole_paths;
    uint32_t path_capacity;
    char **texts; /* names that were made here */
    size_t text_count, text_capacity;
};

/* with_lines: files, lines and inlined functions are wanted, too. Look at file.state afterwards. */
void module_symbols_open(struct module_symbols *symbols, const struct module *module,
                         const struct file_roots *roots, bool with_lines, bool demangle);
/* May be opened again. */
void module_symbols_close(struct module_symbols *symbols);

/* address: the file's own. The answer is good until the next one is asked for, its positions
 * longer.
 */
const struct module_call *module_symbols_call(struct module_symbols *symbols, uint64_t address);
/* The function that it lies in, or NULL. */
const struct symbol *module_symbols_function(const struct module_symbols *symbols,
                                             uint64_t address);
/* What part of the file it lies in; false: in none, or there is no file. */
bool module_symbols_segment(const struct module_symbols *symbols, uint64_t address,
                            struct segment *segment);
/* The variable that lies there, or NULL. */
const struct symbol *module_symbols_data(const struct module_symbols *symbols, uint64_t address);

#endif
