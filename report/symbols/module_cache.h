/* module_cache.h: the modules' files, opened once for all logs of a call of leakreport.
 *
 * A module is known by its build id and by the file at its path, whatever the path, so the libc of
 * fifty logs is one file here, and so is a library that one program loads again and again. How many
 * stay open is bounded: between two logs those that were not used for the longest time are
 * closed. Within one log all stay open, because its frames point to their names.
 */
#ifndef MODULE_CACHE_H
#define MODULE_CACHE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/file_roots.h"
#include "read/model.h"
#include "symbols/module_symbols.h"

enum { MODULE_CACHE_MAX = 64 }; /* files that stay open; each needs up to two descriptors */

struct module_cache; /* opaque */

struct module_cache *module_cache_new(bool demangle);
void module_cache_free(struct module_cache *cache);
/* Where files are looked for from here on; NULL: where the log says. */
void module_cache_look_in(struct module_cache *cache, const struct file_roots *roots);

/* Is it open, so that module_cache_get will not take long? */
bool module_cache_has(struct module_cache *cache, const struct module *module, bool with_lines);
/* Opens the file at the first need; that it could not be opened is also an answer. Good until the
 * next module_cache_trim. */
struct module_symbols *module_cache_get(struct module_cache *cache, const struct module *module,
                                        bool with_lines);
/* For between two logs, when no model refers to names: closes what is over the bound. */
void module_cache_trim(struct module_cache *cache);

#endif
