/* log_out.h: writes a log: anew, or another one with more in it.
 *
 * A table more is an extent behind all that there is. */
#ifndef LOG_OUT_H
#define LOG_OUT_H

#include "base/failure.h"
#include "read/log_reader.h"

struct log_out {
    const char *path;
    int fd;
    int error;                  /* errno of the first write that failed */
    struct trace_header header; /* written by log_out_end */
    struct trace_extent extents[TRACE_EXTENTS_MAX];
    uint32_t extent_count;
};

/* The file must not be there. 0, or -1 with `failure` filled. */
int log_out_begin(struct log_out *out, const char *path, struct failure *failure);
/* All of this log, but for the tables that a leak check makes. */
void log_out_copy(struct log_out *out, const struct log_reader *reader);
/* A table's only extent. */
void log_out_add(struct log_out *out, enum trace_table table, const void *bytes, uint64_t length);
int log_out_end(struct log_out *out, struct failure *failure);

#endif
