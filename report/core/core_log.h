/* core_log.h: a log and a core file of the same process: blocks and stacks of the one, judged by
 * the memory of the other. */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include "base/failure.h"

/* Writes `made`, a log with the leak check that the process did not make. 0, or -1 with `failure`
 * filled: one of them cannot be read, or they are not of one process. */
int core_log_make(const char *log, const char *core, unsigned heuristics, const char *made,
                  struct failure *failure);

#endif
