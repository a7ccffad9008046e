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

#include <stddef.h>

enum exec_target {
    EXEC_TARGET_ORDINARY,       /* or unknown */
    EXEC_TARGET_CLOSED,         /* static or set-uid: no loader reads LD_PRELOAD for it */
    EXEC_TARGET_OTHER_LIBRARY,  /* of C */
    EXEC_TARGET_OTHER_PROCESSOR /* or another ABI of this one: 32 bits */
};

/* As execveat has its arguments. Through scripts to their interpreter.
 */
enum exec_target exec_target_look(int directory, const char *path, int flags);
/* A program by its name, which is looked for in `list` (the value of PATH, or NULL) as execvp does.
 */
enum exec_target exec_target_look_in_path(const char *name, const char *list);
/* "is built for another C library than glibc", or NULL: an ordinary or a closed target. */
const char *exec_target_reason(enum exec_target target);

#endif
