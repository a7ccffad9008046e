/* loaded_file: a file that the loader has mapped: its segments, a word of its data that is changed,
 * and the slots by which it calls what others define.
 *
 * For changes that are made while nobody uses what is changed. No lock, no allocation. */
#ifndef LOADED_FILE_H
#define LOADED_FILE_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

struct loaded_file {
    uintptr_t base;
    const ElfW(Phdr) * segments;
    unsigned count;
};

/* The file whose ELF header lies at `base`; false: there is none. */
bool loaded_file_at(uintptr_t base, struct loaded_file *file);
/* Changes a word, also where the loader took the right to write (RELRO). */
bool loaded_file_write(const struct loaded_file *file, void **word, void *value);

/* One slot for a symbol that the file does not define. Returns true to end the visit. */
typedef bool loaded_file_visitor(void *context, const char *symbol, void **slot);
/* Visits them all; true if a visitor ended it. `bias` is what its addresses are raised by. */
bool loaded_file_visit(uintptr_t bias, const ElfW(Dyn) * dynamic, loaded_file_visitor *visit,
                       void *context);

#endif
