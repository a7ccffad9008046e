/* interpose: what the interposers share. Each interposer is the name that the program calls; it
 * asks `real` for the next function of that name and tells `observe` what came of it. */
#ifndef INTERPOSE_H
#define INTERPOSE_H

#include "capture/unwind.h"
#include "events/observe.h"
#include "events/observe_new.h"
#include "events/sampling.h"
#include "libc/bootstrap.h"
#include "libc/real.h"
#include "life/env_children.h"
#include "life/env_skip.h"
#include "life/lifecycle.h"
#include "life/lifecycle_begin.h"

#define INTERPOSE __attribute__((visibility("default"), used))

/* A sample is recorded, of the program's blocks. Where malloc and free ask this first, and of a
 * state that they have read already, what is not recorded needs no frame of theirs. */
static inline bool interpose_is_sampling_in(uint32_t state)
{
    return __builtin_expect(state & TRACING_SAMPLED, 0);
}
static inline bool interpose_is_sampling(void)
{
    return interpose_is_sampling_in(tracing_state());
}

/* Whether this call is to be observed, as every other one is. Begins tracing with the first call of
 * all. */
static inline bool interpose_is_observed(void)
{
    return tracing_is_whole() ||
           (!interpose_is_sampling() && lifecycle_begin() && !interpose_is_sampling());
}

/* What is to be done with an allocation. */
enum interpose_way {
    INTERPOSE_UNTRACED,
    INTERPOSE_PASS,   /* it is not among those that are recorded */
    INTERPOSE_SAMPLE, /* it is */
    INTERPOSE_OBSERVE /* all are */
};

static inline enum interpose_way interpose_way(size_t size)
{
    if (tracing_is_whole())
        return INTERPOSE_OBSERVE;
    if (!interpose_is_sampling() && !lifecycle_begin())
        return INTERPOSE_UNTRACED;
    /* It may be paused again by now; what it is then stays. */
    if (!interpose_is_sampling())
        return INTERPOSE_OBSERVE;
    return sampling_is_due(size) ? INTERPOSE_SAMPLE : INTERPOSE_PASS;
}

static inline void interpose_allocated(enum interpose_way way, void *pointer, size_t size,
                                       enum trace_family family, uint32_t alignment_log2,
                                       const struct call_site *site)
{
    if (__builtin_expect(way == INTERPOSE_OBSERVE, 1))
        observe_allocation(pointer, size, family, alignment_log2, site);
    else if (way == INTERPOSE_SAMPLE)
        sampling_allocated(pointer, size, family, alignment_log2, site);
}

/* An alignment that was asked for, as the log has it. */
static inline uint32_t interpose_log2(size_t alignment)
{
    return alignment > 1 ? 63u - (uint32_t)__builtin_clzll(alignment) : 0;
}

/* Lets `environment`, which a child is about to be given, be what it is to be. The memory is the
 * caller's own. `look`: what exec_target says of the program, which is run under this name. */
#define INTERPOSE_ENVIRONMENT(environment, look, name, arguments)                                  \
    struct env_children_plan plan;                                                                 \
    enum exec_target target = env_children_is_on() ? (look) : EXEC_TARGET_ORDINARY;                \
    if (env_children_is_on() && env_skip_matches(name, arguments))                                 \
        target = EXEC_TARGET_SKIPPED;                                                              \
    size_t environment_bytes = env_children_plan(&plan, target, environment);                      \
    char *environment_space[environment_bytes / sizeof(char *) + 1];                               \
    if (environment_bytes)                                                                         \
        environment = env_children_make(&plan, environment_space);                                 \
    env_children_say(target, name)

/* Frees what an interposed function allocated, observed or not. */
void interpose_free(void *pointer, const struct misuse_free *how, const struct call_site *site);

/* Declared from glibc 2.34 on. */
int execveat(int, const char *, char *const *, char *const *, int);

#endif
