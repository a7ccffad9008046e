/* trace_log_fork: a forked child's own log, which begins as a copy of its parent's.
 *
 * The child finds the parent's tables mapped, shared. It copies what is used of them into a file of
 * its own, each extent at the same offset, and maps that file over them: every pointer of the
 * tracer stays what it is, and nothing of the parent's is left that a store could reach. */
#ifndef TRACE_LOG_FORK_H
#define TRACE_LOG_FORK_H

#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>

/* The calling process' log becomes `path` (absolute); or that with its number in it, if the name is
 * `shared` with its parent, or taken. What names
 * the process in the header is the parent's still, and the magic is not stored yet. false: there is
 * no log, one line has said why, and tracing must not go on. Called in a forked child, with one
 * thread. */
bool trace_log_fork(const char *path, bool shared);

/* --- what trace_log.c knows, for trace_log_fork.c ------------------------- */

/* An extent, where it is mapped. */
struct trace_log_piece {
    void *memory; /* NULL: in no file */
    size_t bytes;
};
/* By place in the directory; NULL: no further ones. */
const struct trace_log_piece *trace_log_piece(unsigned place);
/* Whether all tables lie in the file. */
bool trace_log_is_whole(void);
/* Storage, so that no store through a mapping can meet a full disk: 0 or -errno. */
long trace_log_allocate(int fd, uint64_t offset, size_t bytes);
/* How many of an extent's bytes are in use. */
uint64_t trace_log_used(const struct trace_extent *extent);
/* Lets go of the parent's file and makes one for this process: its descriptor or -errno. */
long trace_log_renew(const char *path, bool shared);
/* Takes that back and says why. */
void trace_log_abandon(long error);

#endif
