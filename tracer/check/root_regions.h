/* root_regions: memory that the program declares to be searched for pointers, whatever it lies in.
 *
 * Any number of threads may call at once. Nothing is allocated: there is space for so many. */
#ifndef ROOT_REGIONS_H
#define ROOT_REGIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ROOT_REGIONS_MAX 1024u

/* false: there is no space, or the region is empty. */
bool root_regions_add(uintptr_t begin, size_t size);
/* The region must be one that was added, as it was. false: it is none. */
bool root_regions_remove(uintptr_t begin, size_t size);
void root_regions_for_each(void (*visit)(void *context, uint64_t begin, uint64_t end),
                           void *context);

#endif
