/* env_preload: the tracer's place in LD_PRELOAD. */
#ifndef ENV_PRELOAD_H
#define ENV_PRELOAD_H

#include "life/env.h"

/* Takes the tracer (the file `tracer`, its absolute path) out of LD_PRELOAD, or makes it absolute
 * where children are to have it. */
void env_preload_hide(const char *tracer, const struct env_options *options);
/* Whether the first `length` bytes of `name` are the tracer's path, or another path of its file. */
bool env_preload_is_tracer(const char *name, size_t length, const char *tracer);
/* Whether LD_PRELOAD can name it. */
bool env_preload_can_list(const char *path);
/* Copies a list of LD_PRELOAD without the tracer, or with its absolute path. */
void env_preload_copy(const char *list, const char *tracer, bool keep, char *copy, size_t size);

#endif
