/* observe: what happens to every allocation and every free.
 *
 * An allocation is observed after the real function gave the block, a free before the real function
 * takes it: once it is free another thread may be handed the address and record it first. Callable
 * from any thread at any moment while tracing is on; errno is left as found. Failure leaves the
 * program as it would be without the tracer, and is counted in the log. */
#ifndef OBSERVE_H
#define OBSERVE_H

#include "events/misuse.h"

/* A new block. site is the call that the program made. */
void observe_allocation(void *pointer, size_t size, enum trace_family family,
                        uint32_t alignment_log2, const struct call_site *site);
/* A block that is about to be freed. true: pass it on to the real function. */
bool observe_free(void *pointer, const struct misuse_free *how, const struct call_site *site);

/* realloc: the old block is taken out first, and put back if the real function fails.
 * false: the old pointer is bad, and the real function must not be called: NULL is the answer. */
bool observe_realloc_begin(void *pointer, struct block *old, const struct call_site *site);
void observe_realloc_failed(const struct block *old);
/* The calling thread ends the process from within the real function: its block is put back. */
void observe_realloc_left(void);
/* freed: the real function freed the old block (realloc to size 0). */
void observe_realloc_done(const struct block *old, void *pointer, size_t size, bool freed,
                          const struct call_site *site);

/* The program says that a part of the block that it has just allocated is a block of its own. */
void observe_part(uint64_t address, size_t size, const struct call_site *site);

/* operator delete has observed the free of `pointer`; the free that it calls is the same one. */
void observe_deleting(void *pointer);

/* The stack of a moment that is no allocation (a signal, an exit). 0: not known. */
uint32_t observe_stack(const struct call_site *site);

#endif
