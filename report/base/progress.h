/* progress.h: how far the work is, as one line on a terminal that is gone when the work is done.
 *
 * The cursor waits at the line's begin, so that any other message is written over it. Without a
 * terminal nothing is written. One thread.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

struct progress {
    FILE *out;      /* NULL: nobody looks */
    uint64_t due;   /* when the line may change again, in nanoseconds */
    unsigned width; /* columns of the line that stands there now */
    uint64_t (*now)(void);
};

/* Nothing will be written unless `terminal`. */
void progress_begin(struct progress *progress, FILE *out, bool terminal);
/* Changes the line, but not more often than ten times a second. NULL for progress does nothing. */
void progress_count(struct progress *progress, const char *what, uint64_t done, uint64_t all);
/* The same with words, and at once: for what may take long and cannot be counted. */
void progress_say(struct progress *progress, const char *what, const char *name);
/* Before anything else is written, and at the end. */
void progress_clear(struct progress *progress);

#endif
