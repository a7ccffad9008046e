/* interpose: what the interposers share. Each interposer is the name that the program calls; it
 * asks `real` for the next function of that name and tells `observe` what came of it. */
#ifndef INTERPOSE_H
#define INTERPOSE_H

#include "bootstrap.h"
#include "lifecycle.h"
#include "observe.h"
#include "real.h"
#include "unwind.h"

#define INTERPOSE __attribute__((visibility("default"), used))

/* Whether this call is to be observed. Begins tracing with the first call of all. */
static inline bool interpose_is_observed(void)
{
    return tracing_is_on() || __builtin_expect(lifecycle_begin(), 0);
}

/* An alignment that was asked for, as the log has it. */
static inline uint32_t interpose_log2(size_t alignment)
{
    return alignment > 1 ? 63u - (uint32_t)__builtin_clzll(alignment) : 0;
}

/* Frees what an interposed function allocated, observed or not; the one way by which all frees go.
 */
void interpose_free(void *pointer, const struct misuse_free *how, const struct call_site *site);

#endif
