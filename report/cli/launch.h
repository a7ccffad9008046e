/* launch.h: starts a program under the tracer, in this process's place. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include "cli/cli.h"
#include "base/failure.h"

/* Returns only when it failed: -1, `failure` filled. */
int launch_program(char **program, const struct cli_list *tracer_options, struct failure *failure);

#endif
