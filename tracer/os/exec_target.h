/* exec_target: whether a program that is about to be run can have the tracer in it, from its file.
 *
 * The loader of another C library fails where it is told to preload a library of glibc's, and that
 * of another processor complains: such a program does not start, or not as it would. So who runs a
 * program looks at the file first. Nothing is sure: what exec does with a path is known when it has
 * done it, and a file may be executable and not readable. In doubt a target is ordinary.
 *
 * No allocator and no libc: it is asked between vfork and exec, too. */
#ifndef EXEC_TARGET_H
#define EXEC_TARGET_H

#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>

enum exec_target {
    EXEC_TARGET_ORDINARY,        /* or unknown */
    EXEC_TARGET_STATIC,          /* no loader reads LD_PRELOAD for it */
    EXEC_TARGET_RIGHTS,          /* set-uid: the loader does not listen to its caller */
    EXEC_TARGET_OTHER_LIBRARY,   /* of C */
    EXEC_TARGET_OTHER_PROCESSOR, /* or another ABI of this one: 32 bits */
    EXEC_TARGET_SKIPPED          /* it is not to be traced (env_skip) */
};
#define EXEC_TARGET_PATH 4096u

/* As execveat has its arguments. Through scripts to their interpreter.
 */
enum exec_target exec_target_look(int directory, const char *path, int flags);
/* A program by its name, which is looked for in `list` (the value of PATH, or NULL) as execvp does.
 * `path`: where it was found, or empty. */
enum exec_target exec_target_look_in_path(const char *name, const char *list,
                                          char path[EXEC_TARGET_PATH]);
/* Whether the tracer's entries of the environment would do harm there, or are not wanted. */
bool exec_target_is_hurt(enum exec_target target);
/* Whether it takes no notice of them. */
bool exec_target_is_deaf(enum exec_target target);
/* Why it is not traced; 0: nothing is against it. */
enum trace_unfollowed exec_target_obstacle(enum exec_target target);

#endif
