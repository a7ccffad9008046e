/* heap_abort: an abort of glibc's malloc ("free(): invalid next size (fast)") explained, or a fault
 * in it: whose header was overwritten, and from which block. Called once, at the end, in a stopped
 * world. */
#ifndef HEAP_ABORT_H
#define HEAP_ABORT_H

#include "trace_format.h"

#include <stdbool.h>
#include <stdint.h>

/* Records why malloc has ended the process, by what abort() has left of its words, or died of a
 * fault; nothing, if it has not. `stack` is where the signal has struck. */
void heap_abort_explain(int signal, uint32_t stack);
/* What was recorded, or NULL; and what malloc said, up to HEAP_ABORT_TEXT bytes of a line, or NULL.
 */
#define HEAP_ABORT_TEXT 120u
const struct trace_error *heap_abort_recorded(const char **text);

#endif
