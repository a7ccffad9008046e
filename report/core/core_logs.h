/* core_logs.h: the logs that a report is made of, where cores are named: each is made of a core, in
 * a folder of its own, which core_logs_remove takes away. */
#ifndef CORE_LOGS_H
#define CORE_LOGS_H

#include <stdbool.h>
#include "base/failure.h"
#include "base/options.h"

/* Puts the logs that it makes into options->logs, in the places of what was named. Nothing where no
 * core was named. 0, or -1 with `failure` filled. */
int core_logs_make(struct options *options, struct failure *failure);
/* Checks a running process that nobody traces. The log, for free, or NULL with `failure` filled. */
char *core_logs_check(int pid, unsigned heuristics, struct failure *failure);
/* Whether the word is the number of a process in which libtrace.so is not. *pid: which one. */
bool core_logs_is_unprepared(const char *word, int *pid);
void core_logs_remove(void);

#endif
