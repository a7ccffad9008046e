/* env_entries: the two entries of the environment by which a program is traced, as they stand
 * there.
 *
 * A child's options are this process's, with names that do not depend on the folder. An heir's name
 * the very files of this process, whatever has become of the variables and folders that their names
 * were made of. No allocator; the memory is for good. */
#ifndef ENV_ENTRIES_H
#define ENV_ENTRIES_H

#include "life/env.h"

#include <stdbool.h>

#define ENV_ENTRIES_PRELOAD "LD_PRELOAD="
#define ENV_ENTRIES_OPTIONS "LIBTRACE_OPTIONS="

struct env_entries {
    const char *preload;                  /* of the tracer alone */
    const char *options[ENV_ADDED_COUNT]; /* marked by what is added with them */
};

/* A child's; `tracer`: its absolute path. false: no memory, or LD_PRELOAD cannot name it. */
bool env_entries_make(struct env_entries *entries, const struct env_options *options,
                      const char *tracer);
/* An heir's. `given`: what options->text was; `log`: the path of this process's log. */
bool env_entries_make_heirs(struct env_entries *entries, const struct env_options *options,
                            const char *given, const char *log, const char *tracer);

#endif
