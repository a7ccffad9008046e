/* exec*: the process goes on as another program, and its trace ends where it stands.
 *
 * All of them come down to execve and execvpe, as in libc; the ones with a list of arguments count
 * it first. The log says that the process became another program before it does, because after it
 * nobody can, and takes that back if exec fails. */
#include "hooks/interpose.h"

#include "life/env_variable.h"
#include "life/lifecycle_exec.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

static int failed(int result)
{
    int error = errno;
    lifecycle_exec_failed();
    errno = error;
    return result;
}

/* Before exec: `environment` is what the program gets, the log says what this process becomes.
 * `look`: what exec_target says of the file, which is run under the name `path`; `name`: what the
 * user calls it. A child that is not the traced process itself (vfork) is a child of it. */
#define BECOME(environment, look, path, name, arguments)                                           \
    interpose_is_observed();                                                                       \
    bool is_heir = lifecycle_exec_has_heir();                                                      \
    enum exec_target target = is_heir || env_children_is_on() ? (look) : EXEC_TARGET_ORDINARY;     \
    if ((is_heir || env_children_is_on()) && env_skip_matches(path, arguments))                    \
        target = EXEC_TARGET_SKIPPED;                                                              \
    struct env_children_plan plan;                                                                 \
    size_t environment_bytes = is_heir ? env_children_plan_heir(&plan, target, environment)        \
                                       : env_children_plan(&plan, target, environment);            \
    char *environment_room[environment_bytes / sizeof(char *) + 1];                                \
    lifecycle_exec(name, target, &plan, environment_bytes);                                        \
    if (environment_bytes)                                                                         \
        environment = env_children_make(&plan, environment_room);                                  \
    env_children_say(target, name)

static int become(const char *path, char *const arguments[], char *const environment[])
{
    BECOME(environment, exec_target_look(AT_FDCWD, path, 0), path, path, arguments);
    return failed(real.execve(path, arguments, environment));
}

static int become_named(const char *name, char *const arguments[], char *const environment[])
{
    char path[EXEC_TARGET_PATH];
    BECOME(environment, exec_target_look_in_path(name, env_variable_value("PATH"), path), path,
           name, arguments);
    return failed(real.execvpe(name, arguments, environment));
}

INTERPOSE int execve(const char *path, char *const arguments[], char *const environment[])
{
    return become(path, arguments, environment);
}

INTERPOSE int execv(const char *path, char *const arguments[])
{
    return become(path, arguments, __environ);
}

INTERPOSE int execvpe(const char *name, char *const arguments[], char *const environment[])
{
    return become_named(name, arguments, environment);
}

INTERPOSE int execvp(const char *name, char *const arguments[])
{
    return become_named(name, arguments, __environ);
}

INTERPOSE int fexecve(int fd, char *const arguments[], char *const environment[])
{
    const char *name = lifecycle_exec_name(fd, "");
    BECOME(environment, exec_target_look(fd, "", AT_EMPTY_PATH), name, name, arguments);
    return failed(real.fexecve(fd, arguments, environment));
}

INTERPOSE int execveat(int fd, const char *path, char *const arguments[], char *const environment[],
                       int flags)
{
    const char *name = lifecycle_exec_name(fd, path);
    BECOME(environment, exec_target_look(fd, path, flags), name, name, arguments);
    return failed(real.execveat(fd, path, arguments, environment, flags));
}

/* The arguments from `first` on as an array on the caller's stack. `rest` stands behind `first`. */
#define GATHER(arguments, first, rest)                                                             \
    size_t count = 1;                                                                              \
    va_start(rest, first);                                                                         \
    while (va_arg(rest, char *))                                                                   \
        count++;                                                                                   \
    va_end(rest);                                                                                  \
    char *arguments[count + 1];                                                                    \
    arguments[0] = (char *)first;                                                                  \
    va_start(rest, first);                                                                         \
    for (size_t i = 1; i <= count; i++)                                                            \
    arguments[i] = va_arg(rest, char *)

INTERPOSE int execl(const char *path, const char *first, ...)
{
    va_list rest;
    GATHER(arguments, first, rest);
    va_end(rest);
    return execv(path, arguments);
}

INTERPOSE int execlp(const char *name, const char *first, ...)
{
    va_list rest;
    GATHER(arguments, first, rest);
    va_end(rest);
    return execvp(name, arguments);
}

INTERPOSE int execle(const char *path, const char *first, ...)
{
    va_list rest;
    GATHER(arguments, first, rest);
    char *const *environment = va_arg(rest, char *const *);
    va_end(rest);
    return execve(path, arguments, environment);
}
