/* log_file.h: a log's bytes, mapped read-only.
 *
 * Knows that a log is a regular file, and nothing of what is in it. The mapping is shared, so a
 * log that is being written shows its latest state.
 */
#ifndef LOG_FILE_H
#define LOG_FILE_H

#include <stdbool.h>
#include <stdint.h>
#include "base/failure.h"

struct log_file {
    const char *path;           /* as given to log_file_map, which does not copy it */
    const unsigned char *bytes; /* NULL: not mapped */
    uint64_t size;
    int fd;                 /* when mapped */
    uint64_t device, inode; /* which file it is */
    uint64_t born_ns;       /* since 1970, when it was made; 0: not known */
};

/* 0, or -1 with `failure` filled: not there, not readable, empty, a directory, pipe or device. */
int log_file_map(const char *path, struct log_file *file, struct failure *failure);
void log_file_unmap(struct log_file *file);

/* The first bytes in [from, limit) that are no hole of the file: [*start, *end). false: there are
 * none. A terabyte of holes costs nothing to make, and should cost nothing to read. As of now: a
 * hole of a log that is being written may be none a moment later. */
bool log_file_find_data(const struct log_file *file, uint64_t from, uint64_t limit, uint64_t *start,
                        uint64_t *end);

/* Calls read(context). -1 with `failure` filled when the file became shorter meanwhile: then `read`
 * was left in its midst, and what it had allocated is lost. From the first call on any other mapped
 * file that shrinks ends the process with one line on standard error and exit status 2, instead of
 * by SIGBUS. */
int log_file_guard(const struct log_file *file, void (*read)(void *context), void *context,
                   struct failure *failure);

#endif
