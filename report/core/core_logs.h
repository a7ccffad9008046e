/* core_logs.h: the logs that a report is made of, where cores are named: each is made of a core, in
 * a folder of its own, which core_logs_remove takes away. */
#ifndef CORE_LOGS_H
#define CORE_LOGS_H

#include "base/failure.h"
#include "base/options.h"

/* Puts the logs that it makes into options->logs, in the places of what was named. Nothing where no
 * core was named. 0, or -1 with `failure` filled. */
int core_logs_make(struct options *options, struct failure *failure);
void core_logs_remove(void);

#endif
