/* trace_log_stream: tables of which nobody knows beforehand how long they become.
 *
 * Space for the longest is reserved at the end of the file, but not allocated; the tables are
 * written there one behind the other, by whichever process makes the check, and listed when they
 * are whole. What was not needed is given back. So a reader never sees a part of one. */
#ifndef TRACE_LOG_STREAM_H
#define TRACE_LOG_STREAM_H

#include "trace_format.h"

#include <stdbool.h>
#include <stddef.h>

struct trace_log_stream {
    uint64_t begin;
    uint64_t end; /* begin == end: there is none */
};

/* false: the log lies in no file. */
bool trace_log_stream_begin(struct trace_log_stream *stream, uint64_t bytes);
/* Writes at a place of the stream. false: it is too far behind, or the disk is full. Also for the
 * check's child. */
bool trace_log_stream_write(const struct trace_log_stream *stream, uint64_t at, const void *from,
                            size_t bytes);
/* The stream's bytes from `at` on are the table. */
void trace_log_stream_list(const struct trace_log_stream *stream, enum trace_table kind,
                           uint64_t at, uint64_t bytes);
/* Only so many bytes were used. By who began it. */
void trace_log_stream_end(struct trace_log_stream *stream, uint64_t used);

#endif
