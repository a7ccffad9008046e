/* log_reader.h: a trace.log, opened and checked; the only room that trusts none of its bytes.
 *
 * Knows the file's shape (header, directory, extents) and nothing of what records mean. The file
 * is mapped read-only; every access is checked against the file's size, so a hostile log gives
 * nothing, never a crash. A log may be written while it is read, by a tracer or by somebody who
 * means harm: a record is copied out of it, and whatever is decided about it is decided about the
 * copy.
 *
 * Two degrees of damage. What makes the log unreadable (no magic, another version, cut before the
 * directory's end) fails log_reader_open. What only loses records (an extent behind the end of a
 * file that was cut, an extent that lies on another) is listed as damage and left out.
 */
#ifndef LOG_READER_H
#define LOG_READER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/failure.h"
#include "read/log_file.h"
#include "trace_format.h"

/* One piece of a table, checked: [bytes, bytes + count * record size) is inside the file. */
struct log_extent {
    uint32_t kind;
    uint32_t number;
    uint64_t offset; /* in the file */
    uint64_t first;  /* index of its first record */
    uint64_t count;  /* whole records (bytes, for STRINGS and COMMAND) */
    const unsigned char *bytes;
};

struct log_reader {
    struct log_file file;
    const char *path; /* the file's, as are the next two */
    const unsigned char *bytes;
    uint64_t size;
    struct trace_header header;                   /* as it was when the log was opened */
    struct log_extent extents[TRACE_EXTENTS_MAX]; /* ordered by kind, then by first */
    uint32_t extent_count;
    uint32_t starts[TRACE_TABLES_COUNT + 1]; /* table t: extents starts[t] … starts[t + 1] - 1 */
    char *damage[2 * TRACE_EXTENTS_MAX];     /* sentences: of an entry at most two, cut and clash */
    uint32_t damage_count;
};

struct log_walk {
    const struct log_reader *reader;
    const struct log_extent *extent, *last; /* this one and those up to `last` are left */
    uint64_t k, end;                        /* its records that come next */
    uint64_t index;                         /* of the record that came last */
};

/* What a file is, judged by its first bytes. */
enum log_likeness { LOG_IS_LOG, LOG_IS_ELF, LOG_IS_OTHER };

/* 0, or -1 with `failure` filled. Afterwards `likeness` (may be NULL) says whether an ELF file
 * was given instead of a log. A reader that could not be opened needs no close. */
int log_reader_open(struct log_reader *reader, const char *path, enum log_likeness *likeness,
                    struct failure *failure);
void log_reader_close(struct log_reader *reader);

/* Copies the record of this index; false if no extent holds it. The commit word is the first one
 * of every record, and is read before the rest. */
bool log_reader_copy(const struct log_reader *reader, enum trace_table table, uint64_t index,
                     void *copy);
/* The extents of one table. */
const struct log_extent *log_reader_extents(const struct log_reader *reader, enum trace_table table,
                                            uint32_t *count);
/* A walk over the records of a table that are worth reading. Those in a hole of the file are left
 * out: they are all zero, which is to say absent. */
struct log_walk log_reader_walk(const struct log_reader *reader, enum trace_table table);
/* Copies the next record, as log_reader_copy does; false behind the last one. */
bool log_reader_next(struct log_walk *walk, void *copy);
/* The bytes of a string, or NULL when it is none (length 0) or lies outside of STRINGS. */
const char *log_reader_string(const struct log_reader *reader, struct trace_string string);

#endif
