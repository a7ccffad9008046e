/* symbolize.h: gives the model's frames their names: function, file, line, inlined functions.
 *
 * Opens a module when the first of its frames is asked for, and looks each frame up once. Names
 * belong to the cache of modules: trim or free it after the last use of the model's positions. What
 * could not be found is remembered and told by symbolize_note.
 *
 * Function names are the ELF symbols', as in valgrind; DWARF names what is inlined, and what has
 * no symbol.
 */
#ifndef SYMBOLIZE_H
#define SYMBOLIZE_H

#include <stdint.h>
#include "base/progress.h"
#include "read/model.h"
#include "symbols/module_cache.h"

struct symbolizer; /* opaque */

/* progress: may be NULL. */
struct symbolizer *symbolize_begin(struct model *model, struct module_cache *cache,
                                   struct progress *progress);
/* From now on symbolize_stack goes on behind main, because what called it will be shown. */
void symbolize_below_main(struct symbolizer *symbolizer);
void symbolize_end(struct symbolizer *symbolizer);

void symbolize_frame(struct symbolizer *symbolizer, uint32_t frame);
/* The frames up to main. Behind it stands libc, whose debug information is large. */
void symbolize_stack(struct symbolizer *symbolizer, uint32_t stack);
/* The same for many. Neighbours in a file are looked up one after another, so that what is read of
 * its debug information is read once. The array is used up. */
void symbolize_stacks(struct symbolizer *symbolizer, uint32_t *stacks, uint32_t count);

/* Where the function of a frame begins: its name, and the line of its own head; NULL: not known. */
const struct position *symbolize_function(struct symbolizer *symbolizer, uint32_t frame);

/* The variable at an address, and how far into it the address lies; NULL: not known. */
const char *symbolize_data(struct symbolizer *symbolizer, uint64_t address, uint64_t *inside);

/* The module's part that an address lies in; false: not known. */
bool symbolize_segment(struct symbolizer *symbolizer, uint64_t address, uint32_t *module,
                       struct segment *segment);

/* What is known of a module; NULL: it is the tracer, or none. */
struct module_symbols *symbolize_module(struct symbolizer *symbolizer, uint32_t module);

/* Adds a note to the model for each module that was asked for and not found. Call once. */
void symbolize_note(struct symbolizer *symbolizer);

#endif
