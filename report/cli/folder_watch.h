/* folder_watch.h: is told when a file of a folder was written to. */
#ifndef FOLDER_WATCH_H
#define FOLDER_WATCH_H

#include <signal.h>
#include <stdbool.h>

struct folder_watch {
    const char *folder; /* NULL: none is watched */
    void (*written)(void *context, const char *path);
    void *context;
    int fd; /* folder_watch's own */
};

/* From now on a write brings SIGIO, which has to be blocked. What was written before is looked at.
 * Where that cannot be, nothing is told. */
void folder_watch_begin(struct folder_watch *watch);
/* Whether the signal is of this watch. If so, tells what was written. */
bool folder_watch_take(struct folder_watch *watch, const siginfo_t *info);
void folder_watch_end(struct folder_watch *watch);

#endif
