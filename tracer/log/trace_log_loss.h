/* trace_log_loss: what becomes of the process when somebody makes its log shorter (log rotation
 * does, and `: > trace.log`).
 *
 * What was behind the file's new end is gone, and a touch of it is a SIGBUS in the midst of the
 * program's malloc. Then plain memory, all zeros, takes the place of the whole log, and whoever was
 * at work in it goes on: empty tables are what every table began with. Tracing is over, nothing is
 * said of the program any more, and the file says why. The same where the loss is noticed without
 * a fault: a file that grew again has zeros where records were.
 *
 * Callable at any moment, in a signal handler too. */
#ifndef TRACE_LOG_LOSS_H
#define TRACE_LOG_LOSS_H

#include "log/trace_log_piece.h"

#include <stdbool.h>
#include <stdint.h>

/* Of a fault: whether it was in the log, and may be tried again. */
bool trace_log_loss_mend(uintptr_t address);

#endif
