/* live_check.h: asks a traced process for a leak check, and waits for the log of it.
 *
 * By a signal that the tracer keeps for it (struct trace_snapshot): whom the kernel lets send the
 * process signals may ask, and nobody else. */
#ifndef LIVE_CHECK_H
#define LIVE_CHECK_H

#include "base/failure.h"

/* `word` is a process' number or its log's name. The path of the snapshot, the caller's to free;
 * NULL with `failure` filled. The process goes on in any case. */
char *live_check(const char *word, struct failure *failure);

#endif
