#include "os/sys.h"

#include "os/decimal.h"

#include <errno.h>
#include <poll.h>
#include <stdatomic.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>

#ifndef FALLOC_FL_KEEP_SIZE
#define FALLOC_FL_KEEP_SIZE 1
#endif
#ifndef FALLOC_FL_PUNCH_HOLE
#define FALLOC_FL_PUNCH_HOLE 2
#endif

#if defined(__x86_64__)
/* Debuggers and unwinders know a signal frame by these very bytes. */
__asm__(".text\n"
        ".balign 16\n"
        "nop\n" /* an unwinder looks up the return address - 1 */
        ".globl sys_signal_return\n"
        ".hidden sys_signal_return\n"
        ".type sys_signal_return, @function\n"
        "sys_signal_return:\n"
        "    mov $15, %rax\n"
        "    syscall\n"
        ".size sys_signal_return, . - sys_signal_return\n");
#endif

static const char zeros[SYS_PAGE];

/* A filesystem behind a server takes what is written, and asks the server for space later. */
static long make_certain(int fd)
{
    long result = sys_call(SYS_fdatasync, fd, 0, 0, 0, 0, 0);
    return result == -EINVAL || result == -ENOSYS ? 0 : result;
}

static long write_zeros(int fd, uint64_t offset, uint64_t length)
{
    while (length > 0) {
        size_t part = length < sizeof zeros ? (size_t)length : sizeof zeros;
        long written = sys_pwrite(fd, zeros, part, offset);
        if (written == -EINTR)
            continue;
        if (written < 0)
            return written;
        offset += (uint64_t)written;
        length -= (uint64_t)written;
    }
    return make_certain(fd);
}

/* Growing a file beyond RLIMIT_FSIZE is not an error return but a signal, SIGXFSZ. */
static bool is_beyond_limit(uint64_t end)
{
    struct rlimit limit;
    return sys_call(SYS_getrlimit, RLIMIT_FSIZE, (long)&limit, 0, 0, 0, 0) == 0 &&
           limit.rlim_cur != RLIM_INFINITY && end > limit.rlim_cur;
}

long sys_allocate(int fd, uint64_t offset, uint64_t length)
{
    if (is_beyond_limit(offset + length))
        return -EFBIG;
    for (;;) {
        long result = sys_call(SYS_fallocate, fd, 0, (long)offset, (long)length, 0, 0);
        if (result == -EINTR)
            continue;
        if (result == -EOPNOTSUPP || result == -ENOSYS)
            return write_zeros(fd, offset, length);
        return result;
    }
}

long sys_punch(int fd, uint64_t offset, uint64_t length)
{
    return sys_call(SYS_fallocate, fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, (long)offset,
                    (long)length, 0, 0);
}

/* A descriptor that does not block, and whose reader does not read. Once it was waited for in vain
 * nobody waits again: the next line would need as long. */
static bool becomes_writable(int fd)
{
    static atomic_bool in_vain;
    struct pollfd wanted = {.fd = fd, .events = POLLOUT};
    struct timespec wait = {1, 0};
    const uint64_t no_signal = UINT64_MAX; /* a timer's would begin the second anew */
    if (atomic_load_explicit(&in_vain, memory_order_relaxed))
        return false;
    if (sys_call(SYS_ppoll, (long)&wanted, 1, (long)&wait, (long)&no_signal, sizeof no_signal, 0) !=
        0)
        return true; /* it is, or it never will be: the write will tell */
    atomic_store_explicit(&in_vain, true, memory_order_relaxed);
    return false;
}

long sys_write_all(int fd, const void *buffer, size_t length)
{
    const char *next = buffer;
    while (length > 0) {
        long written = sys_write(fd, next, length);
        if (written == -EINTR || (written == -EAGAIN && becomes_writable(fd)))
            continue;
        if (written < 0)
            return written;
        next += written;
        length -= (size_t)written;
    }
    return 0;
}

long sys_read_file(const char *path, char *buffer, size_t size)
{
    long fd = sys_open(path, O_RDONLY, 0);
    if (fd < 0)
        return fd;
    size_t used = 0;
    long result = 0;
    while (used < size - 1) {
        result = sys_read((int)fd, buffer + used, size - 1 - used);
        if (result == -EINTR)
            continue;
        if (result <= 0)
            break;
        used += (size_t)result;
    }
    sys_close((int)fd);
    buffer[used] = '\0';
    return result < 0 ? result : (long)used;
}

bool sys_leaves_space(uint64_t bytes)
{
    struct rlimit limit;
    char text[64];
    const char *pages = text;
    if (sys_call(SYS_getrlimit, RLIMIT_AS, (long)&limit, 0, 0, 0, 0) != 0 ||
        limit.rlim_cur == RLIM_INFINITY)
        return true;
    if (sys_read_file("/proc/self/statm", text, sizeof text) <= 0)
        return true;
    uint64_t used = decimal_read(&pages) * SYS_PAGE;
    uint64_t left = used < limit.rlim_cur ? limit.rlim_cur - used : 0;
    return bytes <= left / 2;
}

uint64_t sys_birth_time(int fd)
{
    struct statx status;
    if (sys_call(SYS_statx, fd, (long)"", AT_EMPTY_PATH, STATX_BTIME, (long)&status, 0) != 0 ||
        !(status.stx_mask & STATX_BTIME))
        return 0;
    return (uint64_t)status.stx_btime.tv_sec * 1000000000u + status.stx_btime.tv_nsec;
}

uint64_t sys_start_ticks(int pid)
{
    char path[32] = "/proc/";
    char digits[12];
    char text[1024];
    size_t count = 0;
    size_t length = 6;
    do
        digits[count++] = (char)('0' + pid % 10);
    while ((pid /= 10) > 0);
    while (count > 0)
        path[length++] = digits[--count];
    for (const char *rest = "/stat"; *rest; rest++)
        path[length++] = *rest;
    path[length] = '\0';
    if (sys_read_file(path, text, sizeof text) <= 0)
        return 0;
    /* The second field, the name, may hold anything, blanks and brackets too. */
    const char *field = strrchr(text, ')');
    for (int skip = 0; field && skip < 20; skip++)
        field = strchr(field + 1, ' ');
    return field++ ? decimal_read(&field) : 0;
}

int sys_move_high(int fd, bool close_old)
{
    struct rlimit limit = {1024, 1024};
    sys_call(SYS_getrlimit, RLIMIT_NOFILE, (long)&limit, 0, 0, 0, 0);
    long top = limit.rlim_cur < 1024 ? (long)limit.rlim_cur : 1024;
    /* The highest free one below the limit, some steps down. */
    for (long at = top - 1; at > fd && at >= top - 24; at--) {
        long high = sys_fcntl(fd, F_DUPFD_CLOEXEC, at);
        if (sys_is_error(high))
            continue;
        if (close_old)
            sys_close(fd);
        return (int)high;
    }
    return fd;
}

/* The signal that comes with a failed write, or 0. */
static uint64_t signal_of_write(long result)
{
    return result == -EPIPE ? 1ull << (SIGPIPE - 1) : result == -EFBIG ? 1ull << (SIGXFSZ - 1) : 0;
}

/* A signal that was pending before is the program's. */
long sys_write_unsignalled(int fd, const void *buffer, size_t length)
{
    const uint64_t blocked = signal_of_write(-EPIPE) | signal_of_write(-EFBIG);
    uint64_t before = 0;
    uint64_t pending = 0;
    sys_sigprocmask(SIG_BLOCK, &blocked, &before);
    sys_sigpending(&pending);
    long result = sys_write_all(fd, buffer, length);
    const uint64_t ours = signal_of_write(result) & ~pending;
    if (ours)
        sys_sigtake(&ours, NULL);
    sys_sigprocmask(SIG_SETMASK, &before, NULL);
    return result;
}

const char *sys_error_text(long error)
{
    static const struct {
        int error;
        const char *text;
    } known[] = {
        {EPERM, "Operation not permitted"},
        {ENOENT, "No such file or directory"},
        {EIO, "Input/output error"},
        {EBADF, "Bad file descriptor"},
        {ENOMEM, "Cannot allocate memory"},
        {EACCES, "Permission denied"},
        {EEXIST, "File exists"},
        {ENOTDIR, "Not a directory"},
        {EISDIR, "Is a directory"},
        {EINVAL, "Invalid argument"},
        {ENFILE, "Too many open files in system"},
        {EMFILE, "Too many open files"},
        {EFBIG, "File too large"},
        {ENOSPC, "No space left on device"},
        {EROFS, "Read-only file system"},
        {ENAMETOOLONG, "File name too long"},
        {ELOOP, "Too many levels of symbolic links"},
        {EDQUOT, "Disk quota exceeded"},
        {ENODEV, "No such device"},
        {ESTALE, "Stale file handle"},
        {ENOSYS, "Function not implemented"},
    };
    if (error < 0)
        error = -error;
    for (size_t i = 0; i < sizeof known / sizeof *known; i++)
        if (known[i].error == error)
            return known[i].text;
    return "Unexpected error";
}
