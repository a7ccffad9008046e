/* launch.h: starts a program under the tracer, in this process's place. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include "base/failure.h"
#include "cli/cli.h"

/* Returns only when it failed: -1, `failure` filled. */
int launch_program(char **program, const struct option_list *tracer_options,
                   struct failure *failure);

#endif
