/* env_skip: which programs are not to be traced though they would be: --trace-children-skip and
 * --trace-children-skip-by-arg, as valgrind has them.
 *
 * A list has patterns with commas between them; * stands for any text, ? for one byte. The first is
 * compared with the program's name as exec was given it, the second with each of its arguments. */
#ifndef ENV_SKIP_H
#define ENV_SKIP_H

#include <stdbool.h>

/* Once, before the program runs. The two lists, or empty strings; they stay the caller's. */
void env_skip_begin(const char *names, const char *arguments);
/* Whether a program is skipped that is run under this name, with these arguments. Both are the
 * program's: what cannot be read matches nothing. */
bool env_skip_matches(const char *name, char *const arguments[]);
/* Whether this very program is: one that libc ran (system) or that nobody saw being run. */
bool env_skip_is_this(void);

#endif
