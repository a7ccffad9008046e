#include "read/log_file.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <setjmp.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static uint64_t log_file_birth(int fd)
{
    struct statx status;

    if (statx(fd, "", AT_EMPTY_PATH, STATX_BTIME, &status) != 0 || !(status.stx_mask & STATX_BTIME))
        return 0;
    return (uint64_t)status.stx_btime.tv_sec * 1000000000u + status.stx_btime.tv_nsec;
}

static int log_file_check(int fd, struct log_file *file, struct failure *failure)
{
    const char *path = file->path;
    struct stat status;

    if (fstat(fd, &status) != 0)
        return failure_set(failure, "%s cannot be examined: %s", path, strerror(errno));
    if (S_ISDIR(status.st_mode))
        return failure_set(failure,
                           "%s is a directory: name the log inside it, as in %s%strace.log", path,
                           path, path[strlen(path) - 1] == '/' ? "" : "/");
    if (!S_ISREG(status.st_mode))
        return failure_set(failure,
                           "%s is not a file but a %s: a log is read in place, so name the file "
                           "that the tracer wrote",
                           path,
                           S_ISFIFO(status.st_mode)   ? "pipe"
                           : S_ISCHR(status.st_mode)  ? "character device"
                           : S_ISBLK(status.st_mode)  ? "block device"
                           : S_ISSOCK(status.st_mode) ? "socket"
                                                      : "special file");
    file->size = (uint64_t)status.st_size;
    file->device = status.st_dev;
    file->inode = status.st_ino;
    file->born_ns = log_file_birth(fd);
    return 0;
}

/* O_NONBLOCK: a pipe without a writer must not make us wait. */
static int log_file_open(struct log_file *file, struct failure *failure)
{
    const char *path = file->path;
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);

    if (fd < 0 && errno == ENOENT)
        return failure_set(failure,
                           "%s does not exist: trace a program first, as in leakreport --run "
                           "PROGRAM, or name its log",
                           path);
    if (fd < 0 && errno == EACCES)
        return failure_set(failure,
                           "%s may not be read by this user: a log belongs to the user whose "
                           "program was traced",
                           path);
    if (fd < 0)
        return failure_set(failure, "%s cannot be opened: %s", path, strerror(errno));
    if (log_file_check(fd, file, failure) == 0)
        return fd;
    close(fd);
    return -1;
}

int log_file_map(const char *path, struct log_file *file, struct failure *failure)
{
    *file = (struct log_file){.path = path};
    int fd = log_file_open(file, failure);

    if (fd < 0)
        return -1;
    if (file->size == 0) {
        close(fd);
        return failure_set(failure,
                           "%s is empty (0 bytes): the tracer wrote nothing to it, or it was "
                           "truncated; trace the program again",
                           path);
    }
    void *bytes = file->size > SIZE_MAX / 2 ? MAP_FAILED
                                            : mmap(NULL, file->size, PROT_READ, MAP_SHARED, fd, 0);
    if (bytes == MAP_FAILED) {
        int error = errno;

        close(fd);
        return failure_set(failure, "%s (%" PRIu64 " bytes) cannot be mapped: %s", path, file->size,
                           strerror(error));
    }
    file->bytes = bytes;
    file->fd = fd;
    return 0;
}

void log_file_unmap(struct log_file *file)
{
    if (file->bytes) {
        munmap((void *)file->bytes, file->size);
        close(file->fd);
    }
    file->bytes = NULL;
}

/* A file that has become shorter has no hole: whoever reads it shall meet its new end. */
static bool log_file_is_whole(const struct log_file *file)
{
    struct stat status;

    return fstat(file->fd, &status) == 0 && (uint64_t)status.st_size >= file->size;
}

bool log_file_find_data(const struct log_file *file, uint64_t from, uint64_t limit, uint64_t *start,
                        uint64_t *end)
{
    *start = from;
    *end = limit;
    if (from >= limit)
        return false;
    off_t data = lseek(file->fd, (off_t)from, SEEK_DATA);
    if (data < 0 && errno == ENXIO && log_file_is_whole(file))
        return false;
    if (data < 0) /* a file system that knows no holes, or no such place any more */
        return true;
    off_t hole = lseek(file->fd, data, SEEK_HOLE);
    *start = (uint64_t)data;
    if (hole >= 0 && (uint64_t)hole < limit)
        *end = (uint64_t)hole;
    return *start < limit;
}

/* --- a file that shrinks ------------------------------------------------- */

static sigjmp_buf log_file_escape;
static const unsigned char *volatile log_file_guard_start, *volatile log_file_guard_end;

/* Runs in the signal. What it interrupts is an access to the mapping, in our own code: never malloc
 * or stdio, so leaving it is safe. */
static void log_file_shrunk(int signal_number, siginfo_t *info, void *context)
{
    static const char message[] =
        "leakreport: a program or debug file was truncated while it was being read; try again\n";
    const unsigned char *address = info->si_addr;

    (void)signal_number;
    (void)context;
    if (address >= log_file_guard_start && address < log_file_guard_end)
        siglongjmp(log_file_escape, 1);
    if (write(STDERR_FILENO, message, strlen(message)) < 0)
        _exit(2);
    _exit(2);
}

int log_file_guard(const struct log_file *file, void (*read)(void *context), void *context,
                   struct failure *failure)
{
    struct sigaction action = {.sa_sigaction = log_file_shrunk, .sa_flags = SA_SIGINFO};
    int result = 0;

    sigemptyset(&action.sa_mask);
    if (sigsetjmp(log_file_escape, 1) == 0) {
        log_file_guard_start = file->bytes;
        log_file_guard_end = file->bytes + file->size;
        sigaction(SIGBUS, &action, NULL);
        read(context);
    } else {
        result = failure_set(
            failure,
            "%s was truncated while it was being read: another process is writing to it; try again",
            file->path);
    }
    log_file_guard_start = log_file_guard_end = NULL;
    return result;
}
