/* launch.h: leakreport --run: starts a program under the tracer, in this process's place. */
#ifndef LAUNCH_H
#define LAUNCH_H

#include "cli.h"
#include "failure.h"

/* Returns only when it failed: -1, `failure` filled. */
int launch_program(const struct cli_options *options, struct failure *failure);

#endif
