/* segment.h: what part of a file an address lies in of which no variable is known, by the file's
 * sections and program headers. */
#ifndef SEGMENT_H
#define SEGMENT_H

#include <elfutils/libdwfl.h>
#include <stdbool.h>
#include <stdint.h>

struct segment {
    const char *section; /* as valgrind calls it: "Text", "Data", "BSS"…; NULL: another one */
    char access[4];      /* "r--" */
};

/* address: the file's own. false: it lies in none. */
bool segment_find(struct segment *segment, Dwfl_Module *module, uint64_t address);

#endif
