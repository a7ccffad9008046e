/* trace_log_earlier: one log for all the programs that a process is, one after another.
 *
 * A process that becomes another program (exec) hands its log's descriptor over: the new program
 * may have other rights, another root and another folder, and the file is locked all the time. The
 * new program empties the file and goes on with it; of the program before one record stays. */
#ifndef TRACE_LOG_EARLIER_H
#define TRACE_LOG_EARLIER_H

#include "trace_format.h"

/* In the new program, before its log is made: of the descriptor with that number notes what is in
 * its file, and empties it. The number; -1: it is not the log of what this process was before. */
int trace_log_earlier_take(int fd);
/* Puts what was noted into the new log, and how many programs it is of. */
void trace_log_earlier_write(void);
/* The i-th of them; NULL: there are no more. */
const struct trace_earlier *trace_log_earlier_at(unsigned i);

#endif
