/* trace_log_piece.h: what trace_log.c knows of the file's parts, for those who put another file or
 * plain memory in its index (trace_log_fork, trace_log_loss). */
#ifndef TRACE_LOG_PIECE_H
#define TRACE_LOG_PIECE_H

#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>

/* An extent, where it is mapped. */
struct trace_log_piece {
    void *memory; /* NULL: in no file */
    size_t bytes;
};
/* By index in the directory; NULL: no further ones. */
const struct trace_log_piece *trace_log_piece(unsigned index);
/* Whether all tables lie in the file. */
bool trace_log_is_whole(void);
/* Storage, so that no store through a mapping can meet a full disk: 0 or -errno. */
long trace_log_allocate(int fd, uint64_t offset, size_t bytes);
/* How many of an extent's bytes are in use. */
uint64_t trace_log_used(const struct trace_extent *extent);
/* Lists memory, page aligned, as an extent, number 0, that is in no file yet. false: there are too
 * many. */
bool trace_log_adopt(enum trace_table kind, void *memory, size_t bytes);
/* Lets go of the parent's file and makes one for this process: its descriptor or -errno. */
long trace_log_renew(const char *path, bool shared);
/* The same under that very name, which no file has. */
long trace_log_renew_as(const char *path);
/* Takes that back and says why. */
void trace_log_abandon(long error);

/* Lists an extent that lies in the file and is mapped nowhere. false: the directory is full. */
bool trace_log_list(enum trace_table kind, uint64_t offset, size_t bytes);

/* --- what trace_log.c asks of trace_log_loss.c --------------------------- */

/* Asks the file. Whether the log is lost, now or before. */
bool trace_log_loss_is_there(void);
/* In a forked child with a log of its own. */
void trace_log_loss_forget(void);

#endif
