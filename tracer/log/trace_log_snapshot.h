/* trace_log_snapshot: the log of a process as it was at one moment, in a bare child that it made
 * while all its threads stood still.
 *
 * The tables are shared with the parent, which will go on. So the child first puts copies of its
 * own in their place, at the same addresses; from then on the parent may go on, and the child has
 * time for the file. */
#ifndef TRACE_LOG_SNAPSHOT_H
#define TRACE_LOG_SNAPSHOT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* All but BLOCKS, of which more than half is waste; no extent of that is listed any longer. false:
 * there is too little memory. */
bool trace_log_snapshot_freeze(void);
/* Memory for so many bytes of BLOCKS, which is their one extent; NULL: there is too little. */
void *trace_log_snapshot_blocks(size_t bytes);
/* The copy becomes a file beside the log, the first with a free name from `number` on, which
 * *number then is. 0 or -errno; then there is no file. The magic is not stored yet. */
long trace_log_snapshot_write(uint32_t *number);
/* Takes the file away again. */
void trace_log_snapshot_drop(void);

#endif
