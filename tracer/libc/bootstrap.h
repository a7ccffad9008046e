/* bootstrap: memory for the allocations that come before there is an allocator.
 *
 * malloc is called before the next malloc is known (by the dynamic linker, by dlsym itself) and by
 * the loading of libunwind. Those are served here from a fixed region, are never given back, and
 * are recognised by one compare. What failure leaves: NULL, as an allocator says it. */
#ifndef BOOTSTRAP_H
#define BOOTSTRAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define BOOTSTRAP_SIZE (384u * 1024u)
extern char bootstrap_region[BOOTSTRAP_SIZE] __attribute__((visibility("hidden")));

static inline bool bootstrap_owns(const void *pointer)
{
    return (uintptr_t)pointer - (uintptr_t)bootstrap_region < BOOTSTRAP_SIZE;
}
/* Zeroed memory; alignment is a power of two, 16 at least is given. */
void *bootstrap_allocate(size_t size, size_t alignment);
/* How much of the region was given out; what lies behind was never touched. */
size_t bootstrap_used(void);
/* The size that a block of ours was asked for with. */
size_t bootstrap_size(const void *pointer);

#endif
