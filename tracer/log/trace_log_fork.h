/* trace_log_fork: a forked child's own log, which begins as a copy of its parent's.
 *
 * The child finds the parent's tables mapped, shared. It copies what is used of them into a file of
 * its own, each extent at the same offset, and maps that file over them: every pointer of the
 * tracer stays what it is, and nothing of the parent's is left that a store could reach. */
#ifndef TRACE_LOG_FORK_H
#define TRACE_LOG_FORK_H

#include <stdbool.h>

/* The calling process' log becomes `path` (absolute); or that with its number in it, if the name is
 * `shared` with its parent, or taken. What names
 * the process in the header is the parent's still, and the magic is not stored yet. false: there is
 * no log, one line has said why, and tracing must not go on. Called in a forked child, with one
 * thread. */
bool trace_log_fork(const char *path, bool shared);

/* Copies the tables into that file, which is empty, and maps it over them. 0 or -errno. */
long trace_log_fork_fill(int fd);

#endif
