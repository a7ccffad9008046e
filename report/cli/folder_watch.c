#include "cli/folder_watch.h"
#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/inotify.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"

static void folder_watch_tell(const struct folder_watch *watch, const char *name)
{
    char *path = memory_text("%s/%s", watch->folder, name);

    watch->written(watch->context, path);
    free(path);
}

static void folder_watch_tell_all(const struct folder_watch *watch)
{
    DIR *folder = opendir(watch->folder);
    struct dirent *entry;

    while (folder && (entry = readdir(folder)) != NULL)
        if (entry->d_type == DT_REG)
            folder_watch_tell(watch, entry->d_name);
    if (folder)
        closedir(folder);
}

/* With F_SETSIG the signal says which descriptor it is of. */
void folder_watch_begin(struct folder_watch *watch)
{
    watch->fd = watch->folder ? inotify_init1(IN_NONBLOCK | IN_CLOEXEC) : -1;
    if (watch->fd < 0)
        return;
    if (inotify_add_watch(watch->fd, watch->folder, IN_MODIFY) < 0 ||
        fcntl(watch->fd, F_SETOWN, getpid()) != 0 || fcntl(watch->fd, F_SETSIG, SIGIO) != 0 ||
        fcntl(watch->fd, F_SETFL, O_ASYNC | O_NONBLOCK) != 0) {
        folder_watch_end(watch);
        return;
    }
    folder_watch_tell_all(watch);
}

/* The same file many times in a row is one: it is looked at when all have been read. */
bool folder_watch_take(struct folder_watch *watch, const siginfo_t *info)
{
    char events[4096] __attribute__((aligned(8)));
    ssize_t length;
    bool any = false;

    if (watch->fd < 0 || info->si_signo != SIGIO || info->si_code <= 0 || info->si_fd != watch->fd)
        return false;
    while ((length = read(watch->fd, events, sizeof events)) > 0)
        any = true;
    if (any)
        folder_watch_tell_all(watch);
    return true;
}

/* A signal that waits still would be deadly when it is let in. */
void folder_watch_end(struct folder_watch *watch)
{
    const struct timespec none = {0, 0};
    sigset_t only;

    if (watch->fd < 0)
        return;
    close(watch->fd);
    watch->fd = -1;
    sigemptyset(&only);
    sigaddset(&only, SIGIO);
    while (sigtimedwait(&only, NULL, &none) > 0)
        continue;
}
