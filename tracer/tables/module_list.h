/* module_list: the ELF files mapped into the process, in the log.
 *
 * Filled on demand: when a new frame's address lies in no module known so far, loaded_object tells
 * which one it is, without a lock. So the room needs no hook on dlopen and never waits for the
 * loader. What failure leaves: module 0, "in none". */
#ifndef MODULE_LIST_H
#define MODULE_LIST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "trace_format.h"

/* Enters what is mapped at the start. */
void module_list_begin(void);
/* From now on `arrived` is told of each module that is entered, and at once of those that are
 * there. path: of its file, `length` bytes. Called with one thread; `arrived` may be called by any.
 */
void module_list_watch(void (*arrived)(const struct trace_module *module, const char *path,
                                       size_t length));
/* The module (its index in the log) that `address` lies in; 0: none. */
uint32_t module_list_find(uintptr_t address);
/* Where the module of `address` lies. false: in none. */
bool module_list_range(uintptr_t address, uint64_t *begin, uint64_t *end);
/* Marks modules that are gone since, after a dlclose, and tells `gone` where each lay. */
void module_list_refresh(void (*gone)(uintptr_t begin, uintptr_t end));
/* Whether a module was found gone. 0, no module, never is. */
bool module_list_is_gone(uint32_t module);
/* The absolute path of the file that `address` lies in, as the log has it; "" if none. */
size_t module_list_path(uintptr_t address, char *path, size_t size);

#endif
