/* env_variable: the program's environment, read without getenv, which the program may have under
 * this name. */
#ifndef ENV_VARIABLE_H
#define ENV_VARIABLE_H

/* The entry of a variable in the environment, or NULL. */
char **env_variable_find(const char *name);
/* Its value, or NULL. */
const char *env_variable_value(const char *name);
/* NULL in a set-uid program, too, which takes no orders from its caller's environment. */
const char *env_variable_trusted(const char *name);

#endif
