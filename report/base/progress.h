/* progress.h: what leakreport is doing, as one line on a terminal, when it takes longer than a
 * second. The line is gone when the work is done, and when a signal ends the process.
 *
 * What is done is said by the thread that works; another one puts it on the terminal, so that a
 * call that takes seconds (libdw reads a file) is shown, too. The cursor waits at the line's begin,
 * so that any other message is written over it. Without a terminal nothing is written, nor while
 * this process is in the background.
 */
#ifndef PROGRESS_H
#define PROGRESS_H

#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

enum { PROGRESS_COLUMNS = 78 }; /* a longer line would wrap, and \r go back to its last part only */

struct progress {
    FILE *out;      /* NULL: nobody looks */
    uint64_t due;   /* when the line may change again, in nanoseconds */
    unsigned width; /* columns of the line that stands there now */
    uint64_t (*now)(void);
    const char *what; /* NULL: nothing is being done */
    char name[PROGRESS_COLUMNS + 1];
    uint64_t done, all;   /* where all > 0 */
    pthread_mutex_t lock; /* of all of the above but `done` */
    pthread_t thread;
    bool has_thread;
};

/* Nothing will be written unless `terminal`. */
void progress_begin(struct progress *progress, FILE *out, bool terminal);
/* From now on a thread looks; one for the process. */
void progress_start(struct progress *progress);
/* The line, if it is time for it: what that thread does ten times a second. */
void progress_look(struct progress *progress);
/* What is being done, to what: a static text, and a name that may go. NULL for progress does
 * nothing, here and below. */
void progress_say(struct progress *progress, const char *what, const char *name);
/* The same with numbers. It is cheap: for each step. */
void progress_count(struct progress *progress, const char *what, uint64_t done, uint64_t all);
/* Before anything else is written. */
void progress_clear(struct progress *progress);
void progress_end(struct progress *progress);

#endif
