/* loaded_object: which of the files that the loader has mapped holds an address.
 *
 * glibc has a function for it from 2.35 on, which takes no lock. Before that the loader's list is
 * walked, and while a file is being unloaded read through the kernel: a thread that begins to
 * unload one in the middle of a walk could take an entry away from under it, which is the price of
 * having no lock. No allocation. */
#ifndef LOADED_OBJECT_H
#define LOADED_OBJECT_H

#include <link.h>
#include <stdbool.h>
#include <stdint.h>

struct loaded_object {
    uintptr_t start; /* where its ELF header is mapped */
    uintptr_t end;
    const struct link_map *map;
};

bool loaded_object_find(uintptr_t address, struct loaded_object *object);
/* The walk alone. */
bool loaded_object_walk(uintptr_t address, struct loaded_object *object);
/* Visits each file until a visitor returns true, which it returns: for a forked child, where
 * nobody else loads or unloads, and a thread that is not there may have had the loader's lock. */
bool loaded_object_any(bool (*visit)(const struct link_map *map));

#endif
