/* Programs that are started without a fork: posix_spawn, and what libc makes of it inside itself.
 */
#include "hooks/interpose.h"

#include "life/env_variable.h"

#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <wordexp.h>

INTERPOSE int posix_spawn(pid_t *child, const char *path, const posix_spawn_file_actions_t *actions,
                          const posix_spawnattr_t *attributes, char *const arguments[],
                          char *const environment[])
{
    interpose_is_observed();
    INTERPOSE_ENVIRONMENT(environment, exec_target_look(AT_FDCWD, path, 0), path, arguments);
    return real.posix_spawn(child, path, actions, attributes, arguments, environment);
}

INTERPOSE int posix_spawnp(pid_t *child, const char *name,
                           const posix_spawn_file_actions_t *actions,
                           const posix_spawnattr_t *attributes, char *const arguments[],
                           char *const environment[])
{
    interpose_is_observed();
    char path[EXEC_TARGET_PATH];
    INTERPOSE_ENVIRONMENT(environment,
                          exec_target_look_in_path(name, env_variable_value("PATH"), path), path,
                          arguments);
    return real.posix_spawnp(child, name, actions, attributes, arguments, environment);
}

/* The value of `call`, which makes a program with `environ`. */
#define WITH_ENVIRONMENT(call)                                                                     \
    ({                                                                                             \
        struct env_children_loan loan;                                                             \
        env_children_lend(&loan);                                                                  \
        __typeof__(call) result = (call);                                                          \
        env_children_take_back(&loan);                                                             \
        result;                                                                                    \
    })

INTERPOSE int system(const char *command)
{
    interpose_is_observed();
    return WITH_ENVIRONMENT(real.system(command));
}

INTERPOSE FILE *popen(const char *command, const char *mode)
{
    interpose_is_observed();
    return WITH_ENVIRONMENT(real.popen(command, mode));
}

INTERPOSE int wordexp(const char *words, wordexp_t *expansion, int flags)
{
    interpose_is_observed();
    return WITH_ENVIRONMENT(real.wordexp(words, expansion, flags));
}
