/* interpose: what the interposers share. Each interposer is the name that the program calls; it
 * asks `real` for the next function of that name and tells `observe` what came of it. */
#ifndef INTERPOSE_H
#define INTERPOSE_H

#include "capture/unwind.h"
#include "events/observe.h"
#include "events/observe_new.h"
#include "libc/bootstrap.h"
#include "libc/real.h"
#include "life/env_children.h"
#include "life/env_skip.h"
#include "life/lifecycle.h"
#include "life/lifecycle_begin.h"

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

/* Frees what an interposed function allocated, observed or not; the one way by which all frees go.
 */
void interpose_free(void *pointer, const struct misuse_free *how, const struct call_site *site);

/* Declared from glibc 2.34 on. */
int execveat(int, const char *, char *const *, char *const *, int);

#endif
