/* live_log.h: the log of a process that runs: found by the process' number or by its name, and its
 * header as the tracer writes it. */
#ifndef LIVE_LOG_H
#define LIVE_LOG_H

#include <stdbool.h>
#include "base/failure.h"
#include "trace_format.h"

struct live_log {
    char *path;
    int pid;                           /* as we see it */
    const struct trace_header *header; /* mapped, and only read */
};

/* `word` is a process' number or a log's name. 0, or -1 with `failure` filled: there is no such
 * process or log, it is not traced, it has ended, or it is another user's. */
int live_log_open(struct live_log *log, const char *word, struct failure *failure);
void live_log_close(struct live_log *log);
/* Whether the process is there still, as the program that it was. */
bool live_log_runs(const struct live_log *log);

#endif
