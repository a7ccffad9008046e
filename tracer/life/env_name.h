/* env_name: the names of the tracer's files, as the user gives them, made absolute names.
 *
 * %p is the process, %n the run (always 1), %q{VAR} a variable of the environment, %% a %. */
#ifndef ENV_NAME_H
#define ENV_NAME_H

#include <stddef.h>

/* Expands %p, %n, %q{VAR} and %% in a file name and makes it absolute. -1 and a sentence if bad. */
int env_name_expand(const char *name, char *path, size_t size, char *problem, size_t problem_size);
/* Expands %n and %q{VAR} and makes it absolute; what is left has %p and %% in it, so that a forked
 * child can expand it once more. -1 and a sentence if bad. */
int env_name_prepare(const char *name, char *path, size_t size, char *problem, size_t problem_size);

#endif
