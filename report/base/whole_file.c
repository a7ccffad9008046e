#include "base/whole_file.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/xattr.h>
#include <unistd.h>
#include "base/leftover.h"
#include "base/memory.h"

struct whole_file {
    struct whole_file *next;
    char *name;       /* the file's own: links are followed */
    char *unfinished; /* where it lies until it is whole; NULL: `device` */
    bool is_beside;   /* there it has the owner and mode that it is to have */
    FILE *device;     /* written at once, and open all the time: a pipe's reader sees one end */
};

static struct whole_file *volatile files; /* those that are unfinished */

/* --- the list ------------------------------------------------------------ */

static void whole_file_remove_all(void)
{
    for (const struct whole_file *file = files; file; file = file->next)
        unlink(file->unfinished);
}

static void whole_file_take_out(struct whole_file *file)
{
    struct whole_file *at = files;

    if (at == file)
        files = file->next;
    for (; at; at = at->next)
        if (at->next == file)
            at->next = file->next;
}

static void whole_file_free(struct whole_file *file)
{
    free(file->name);
    free(file->unfinished);
    free(file);
}

/* --- the name ------------------------------------------------------------ */

/* With the slash; "" for this folder. */
static char *whole_file_folder(const char *name)
{
    const char *slash = strrchr(name, '/');

    return memory_text("%.*s", slash ? (int)(slash + 1 - name) : 0, name);
}

/* A name there, as /dev/stdout's, is an open descriptor: whoever opened it goes on with it. */
static bool whole_file_is_descriptor(const char *folder)
{
    struct statfs system;

    return statfs(*folder ? folder : ".", &system) == 0 && system.f_type == PROC_SUPER_MAGIC;
}

/* What `name` leads to, be it there or not. */
static char *whole_file_resolve(const char *name, bool *is_descriptor)
{
    enum { LINKS_MAX = 40 }; /* as the kernel */
    char *at = memory_text("%s", name), link[PATH_MAX];
    ssize_t length;

    *is_descriptor = false;
    for (int i = 0; i < LINKS_MAX; i++) {
        length = readlink(at, link, sizeof link - 1);
        if (length < 0)
            break;
        char *folder = whole_file_folder(at);
        char *next = memory_text("%s%.*s", *link == '/' ? "" : folder, (int)length, link);

        *is_descriptor |= whole_file_is_descriptor(folder);
        free(folder);
        free(at);
        at = next;
    }
    return at;
}

/* --- the unfinished file ------------------------------------------------- */

/* NULL with errno. */
static char *whole_file_make(const char *folder, mode_t mode, int *fd)
{
    enum { TRIES = 10000 };
    static unsigned number;

    for (unsigned i = 0; i < TRIES; i++) {
        char *name = memory_text("%s.leakreport-%d-%u", folder, (int)getpid(), number++);

        *fd = open(name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
        if (*fd >= 0)
            return name;
        free(name);
        if (errno != EEXIST)
            break;
    }
    return NULL;
}

/* Its mode comes last: a change of the owner takes bits away. */
static bool whole_file_is_alike(int fd, const struct stat *old)
{
    return fchown(fd, old->st_uid, old->st_gid) == 0 && fchmod(fd, old->st_mode & 07777) == 0;
}

static bool whole_file_may_be_replaced(const char *name, const struct stat *old)
{
    return old->st_nlink == 1 && getxattr(name, "system.posix_acl_access", NULL, 0) < 0;
}

/* In the folder where it will be. `old`: what has its name now, or NULL. NULL with errno. */
static char *whole_file_make_beside(const char *name, const struct stat *old)
{
    char *folder, *unfinished;
    int fd = -1;

    if (old && !whole_file_may_be_replaced(name, old))
        return NULL;
    folder = whole_file_folder(name);
    unfinished = whole_file_make(folder, old ? 0600 : 0666, &fd);
    free(folder);
    if (unfinished && old && !whole_file_is_alike(fd, old)) {
        unlink(unfinished);
        free(unfinished);
        unfinished = NULL;
    }
    if (fd >= 0)
        close(fd);
    return unfinished;
}

static char *whole_file_make_elsewhere(void)
{
    const char *const folders[] = {getenv("TMPDIR"), "/tmp", "/var/tmp", "/dev/shm"};
    char *unfinished = NULL;
    int fd;

    for (size_t i = 0; !unfinished && i < sizeof folders / sizeof *folders; i++) {
        char *folder = folders[i] && *folders[i] ? memory_text("%s/", folders[i]) : NULL;

        unfinished = folder ? whole_file_make(folder, 0600, &fd) : NULL;
        free(folder);
    }
    if (unfinished)
        close(fd);
    return unfinished;
}

/* --- begin --------------------------------------------------------------- */

static bool whole_file_can_be_written(const char *name)
{
    int fd = open(name, O_WRONLY | O_CLOEXEC | O_NOCTTY);

    if (fd >= 0)
        close(fd);
    return fd >= 0;
}

/* What could only fail when all is done is told at the beginning. */
static bool whole_file_can_be_made(const char *name)
{
    const char *slash = strrchr(name, '/');
    const char *last = slash ? slash + 1 : name;

    if (!*last)
        errno = slash ? EISDIR : ENOENT;
    return *last && errno == ENOENT;
}

/* -1 with errno. */
static int whole_file_place(struct whole_file *file)
{
    struct stat old;
    bool exists = stat(file->name, &old) == 0;

    if (exists ? !whole_file_can_be_written(file->name) : !whole_file_can_be_made(file->name))
        return -1;
    leftover_watch(whole_file_remove_all);
    leftover_hold();
    file->unfinished = whole_file_make_beside(file->name, exists ? &old : NULL);
    file->is_beside = file->unfinished != NULL;
    if (!file->unfinished && exists)
        file->unfinished = whole_file_make_elsewhere();
    if (file->unfinished) {
        file->next = files;
        files = file;
    }
    int error = errno;
    leftover_release();
    if (!file->unfinished && exists) /* there is no room but its own */
        file->device = fopen(file->name, "we");
    else
        errno = error;
    return file->unfinished || file->device ? 0 : -1;
}

static struct whole_file *whole_file_new(const char *name, bool *is_device)
{
    struct whole_file *file = memory_zeroed(1, sizeof *file);
    struct stat status;

    file->name = whole_file_resolve(name, is_device);
    *is_device |= stat(name, &status) == 0 && !S_ISREG(status.st_mode);
    return file;
}

/* To open a fifo is to wait for its reader. */
static int whole_file_check_device(const char *name)
{
    struct stat status;

    errno = EISDIR;
    return stat(name, &status) == 0 && S_ISDIR(status.st_mode) ? -1 : 0;
}

int whole_file_check(const char *name)
{
    bool is_device;
    struct whole_file *file = whole_file_new(name, &is_device);
    int result = is_device ? whole_file_check_device(name) : whole_file_place(file);
    int error = errno;

    if (file->unfinished || file->device)
        whole_file_forget(file);
    else
        whole_file_free(file);
    errno = error;
    return result;
}

struct whole_file *whole_file_begin(const char *name)
{
    bool is_device;
    struct whole_file *file = whole_file_new(name, &is_device);

    if (is_device)
        file->device = fopen(name, "we");
    if (is_device ? file->device != NULL : whole_file_place(file) == 0)
        return file;
    int error = errno;
    whole_file_free(file);
    errno = error;
    return NULL;
}

FILE *whole_file_open(struct whole_file *file)
{
    return file->device ? file->device : fopen(file->unfinished, "ae");
}

int whole_file_close(struct whole_file *file, FILE *out)
{
    bool bad = ferror(out) != 0;
    int result = out == file->device ? fflush(out) : fclose(out);

    return bad ? EOF : result;
}

/* --- the end ------------------------------------------------------------- */

static int whole_file_copy_into(int from, int to)
{
    static char bytes[1 << 16];
    ssize_t got, put = 0;

    while (put >= 0 && (got = read(from, bytes, sizeof bytes)) != 0) {
        if (got < 0)
            return -1;
        for (ssize_t at = 0; at < got && put >= 0; at += put)
            put = write(to, bytes + at, (size_t)(got - at));
    }
    return put < 0 ? -1 : 0;
}

/* What does not fit is better empty than cut. */
static int whole_file_copy(const struct whole_file *file)
{
    int from = open(file->unfinished, O_RDONLY | O_CLOEXEC);
    int to = from < 0 ? -1 : open(file->name, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
    int result = to < 0 ? -1 : whole_file_copy_into(from, to);
    int error = errno;

    if (to >= 0 && result != 0 && ftruncate(to, 0) != 0)
        error = errno;
    if (to >= 0 && close(to) != 0 && result == 0) {
        error = errno;
        result = -1;
    }
    if (from >= 0)
        close(from);
    errno = error;
    return result;
}

static int whole_file_put_in_place(const struct whole_file *file)
{
    if (file->is_beside && rename(file->unfinished, file->name) == 0)
        return 0;
    int error = errno, result = -1;
    if (access(file->name, F_OK) == 0) {
        result = whole_file_copy(file);
        error = errno;
    }
    unlink(file->unfinished);
    errno = error;
    return result;
}

int whole_file_finish(struct whole_file *file)
{
    int result = 0, error = 0;

    if (file->device) {
        bool bad = ferror(file->device) != 0;

        result = fclose(file->device) != 0 || bad ? -1 : 0;
        error = errno;
    } else {
        leftover_hold();
        result = whole_file_put_in_place(file);
        error = errno;
        whole_file_take_out(file);
        leftover_release();
    }
    whole_file_free(file);
    errno = error;
    return result;
}

void whole_file_forget(struct whole_file *file)
{
    if (!file)
        return;
    if (file->device) {
        fclose(file->device);
    } else {
        leftover_hold();
        unlink(file->unfinished);
        whole_file_take_out(file);
        leftover_release();
    }
    whole_file_free(file);
}
