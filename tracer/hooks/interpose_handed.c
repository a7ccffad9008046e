/* System calls that are given memory: see guard/handed.h. Without a guard area all pass by a jump.
 *
 * What libc does with a buffer of the program's in a system call of its own comes through here only
 * where its function does: fread and fwrite read and write large ones so. */
#include "hooks/interpose.h"

#include "hooks/hand_over.h"
#include "os/sys.h"

#include <dirent.h>
#include <poll.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/random.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <sys/utsname.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

/* No names of libc's that the compiler would check, or replace by others. */
#define ASM_NAME(symbol) __asm__(#symbol)

/* Found when first called: a program calls few of them. A libc that has none (an old one, asked by
 * dlsym) says so. */
#define HANDS(result, failed, symbol, parameters, arguments, ...)                                  \
    result handed_##symbol parameters ASM_NAME(symbol);                                            \
    INTERPOSE result handed_##symbol parameters                                                    \
    {                                                                                              \
        static result(*next) parameters;                                                           \
        if (__builtin_expect(!next, 0) && !(next = (result(*) parameters)real_find(#symbol))) {    \
            errno = ENOSYS;                                                                        \
            return failed;                                                                         \
        }                                                                                          \
        HAND_OVER(result, failed, handed_##symbol, next arguments, __VA_ARGS__);                   \
        return next arguments;                                                                     \
    }
#define CALL(result, ...) HANDS(result, -1, __VA_ARGS__)

/* --- bytes -------------------------------------------------------------------------- */

CALL(ssize_t, read, (int fd, void *to, size_t n), (fd, to, n), BYTES(to, n, READ))
CALL(ssize_t, __read, (int fd, void *to, size_t n), (fd, to, n), BYTES(to, n, READ))
CALL(ssize_t, __read_chk, (int fd, void *to, size_t n, size_t room), (fd, to, n, room),
     BYTES(to, n, READ))
CALL(ssize_t, write, (int fd, const void *from, size_t n), (fd, from, n), BYTES(from, n, WRITE))
CALL(ssize_t, __write, (int fd, const void *from, size_t n), (fd, from, n), BYTES(from, n, WRITE))
CALL(ssize_t, pread, (int fd, void *to, size_t n, off_t at), (fd, to, n, at), BYTES(to, n, PREAD))
CALL(ssize_t, pread64, (int fd, void *to, size_t n, off_t at), (fd, to, n, at), BYTES(to, n, PREAD))
CALL(ssize_t, __pread_chk, (int fd, void *to, size_t n, off_t at, size_t room),
     (fd, to, n, at, room), BYTES(to, n, PREAD))
CALL(ssize_t, __pread64_chk, (int fd, void *to, size_t n, off_t at, size_t room),
     (fd, to, n, at, room), BYTES(to, n, PREAD))
CALL(ssize_t, pwrite, (int fd, const void *from, size_t n, off_t at), (fd, from, n, at),
     BYTES(from, n, PWRITE))
CALL(ssize_t, pwrite64, (int fd, const void *from, size_t n, off_t at), (fd, from, n, at),
     BYTES(from, n, PWRITE))
CALL(ssize_t, getrandom, (void *to, size_t n, unsigned flags), (to, n, flags),
     BYTES(to, n, GETRANDOM))
CALL(int, getentropy, (void *to, size_t n), (to, n), BYTES(to, n, GETRANDOM))

/* --- vectors -------------------------------------------------------------------------- */

CALL(ssize_t, readv, (int fd, const struct iovec *v, int n), (fd, v, n), VECTOR(v, n, READV))
CALL(ssize_t, writev, (int fd, const struct iovec *v, int n), (fd, v, n), VECTOR(v, n, WRITEV))
CALL(ssize_t, preadv, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at),
     VECTOR(v, n, PREADV))
CALL(ssize_t, preadv64, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at),
     VECTOR(v, n, PREADV))
CALL(ssize_t, pwritev, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at),
     VECTOR(v, n, PWRITEV))
CALL(ssize_t, pwritev64, (int fd, const struct iovec *v, int n, off_t at), (fd, v, n, at),
     VECTOR(v, n, PWRITEV))

/* --- sockets -------------------------------------------------------------------------- */

CALL(ssize_t, recv, (int fd, void *to, size_t n, int flags), (fd, to, n, flags), BYTES(to, n, RECV))
CALL(ssize_t, __recv_chk, (int fd, void *to, size_t n, size_t room, int flags),
     (fd, to, n, room, flags), BYTES(to, n, RECV))
CALL(ssize_t, recvfrom, (int fd, void *to, size_t n, int flags, void *from, socklen_t *length),
     (fd, to, n, flags, from, length), BYTES(to, n, RECV), OBJECT(length, RECV_FROM_LENGTH),
     SIZED(from, length, RECV_FROM))
CALL(ssize_t, send, (int fd, const void *from, size_t n, int flags), (fd, from, n, flags),
     BYTES(from, n, SEND))
CALL(ssize_t, sendto,
     (int fd, const void *from, size_t n, int flags, const void *to, socklen_t length),
     (fd, from, n, flags, to, length), BYTES(from, n, SEND), BYTES(to, length, SEND_TO))
CALL(ssize_t, recvmsg, (int fd, struct msghdr *m, int flags), (fd, m, flags), MESSAGE(m, RECVMSG))
CALL(ssize_t, sendmsg, (int fd, const struct msghdr *m, int flags), (fd, m, flags),
     MESSAGE(m, SENDMSG))
CALL(int, bind, (int fd, const void *to, socklen_t n), (fd, to, n), BYTES(to, n, BIND))
CALL(int, connect, (int fd, const void *to, socklen_t n), (fd, to, n), BYTES(to, n, CONNECT))
CALL(int, setsockopt, (int fd, int level, int name, const void *from, socklen_t n),
     (fd, level, name, from, n), BYTES(from, n, SETSOCKOPT))

CALL(int, accept, (int fd, void *from, socklen_t *length), (fd, from, length),
     OBJECT(length, ACCEPT_LENGTH), SIZED(from, length, ACCEPT))
CALL(int, accept4, (int fd, void *from, socklen_t *length, int flags), (fd, from, length, flags),
     OBJECT(length, ACCEPT_LENGTH), SIZED(from, length, ACCEPT))
CALL(int, getsockopt, (int fd, int level, int name, void *to, socklen_t *length),
     (fd, level, name, to, length), OBJECT(length, GETSOCKOPT_LENGTH),
     SIZED(to, length, GETSOCKOPT))
CALL(int, getsockname, (int fd, void *to, socklen_t *length), (fd, to, length),
     OBJECT(length, GETSOCKNAME_LENGTH), SIZED(to, length, GETSOCKNAME))
CALL(int, getpeername, (int fd, void *to, socklen_t *length), (fd, to, length),
     OBJECT(length, GETPEERNAME_LENGTH), SIZED(to, length, GETPEERNAME))
/* Variadic, as open is: one argument in a register. */
CALL(int, ioctl, (int fd, unsigned long request, long argument), (fd, request, argument),
     hand_over_ioctl(request, argument))

/* --- waiting -------------------------------------------------------------------------- */

CALL(int, poll, (struct pollfd * of, nfds_t n, int time), (of, n, time),
     BYTES(of, n * sizeof *of, POLL))
CALL(int, __poll_chk, (struct pollfd * of, nfds_t n, int time, size_t room), (of, n, time, room),
     BYTES(of, n * sizeof *of, POLL))
CALL(int, ppoll, (struct pollfd * of, nfds_t n, const struct timespec *time, const void *mask),
     (of, n, time, mask), BYTES(of, n * sizeof *of, PPOLL), OBJECT(time, PPOLL_TIME))
#define SET(set, n, name) BYTES(set, hand_over_set(set, n), name)
CALL(int, select, (int n, void *r, void *w, void *x, struct timeval *time), (n, r, w, x, time),
     SET(r, n, SELECT_READ), SET(w, n, SELECT_WRITE), SET(x, n, SELECT_EXCEPT))
CALL(int, pselect,
     (int n, void *r, void *w, void *x, const struct timespec *time, const void *mask),
     (n, r, w, x, time, mask), SET(r, n, SELECT_READ), SET(w, n, SELECT_WRITE),
     SET(x, n, SELECT_EXCEPT))
CALL(int, epoll_wait, (int fd, struct epoll_event *to, int n, int time), (fd, to, n, time),
     BYTES(to, n > 0 ? (size_t)n * sizeof *to : 0, EPOLL_WAIT))
CALL(int, epoll_ctl, (int fd, int what, int of, struct epoll_event *event), (fd, what, of, event),
     OBJECT(event, EPOLL_CTL))
CALL(pid_t, wait, (int *status), (status), OBJECT(status, WAIT))
CALL(pid_t, waitpid, (pid_t pid, int *status, int how), (pid, status, how), OBJECT(status, WAIT))
CALL(pid_t, wait4, (pid_t pid, int *status, int how, void *usage), (pid, status, how, usage),
     OBJECT(status, WAIT))
CALL(int, nanosleep, (const struct timespec *time, struct timespec *rest), (time, rest),
     OBJECT(time, NANOSLEEP))

CALL(int, statx, (int at, const char *path, int flags, unsigned mask, struct statx *to),
     (at, path, flags, mask, to), STRING(path, STATX_NAME), OBJECT(to, STATX))

/* --- names ---------------------------------------------------------------------------- */

CALL(int, open, (const char *path, int flags, long mode), (path, flags, mode), STRING(path, OPEN))
CALL(int, open64, (const char *path, int flags, long mode), (path, flags, mode), STRING(path, OPEN))
CALL(int, __open_2, (const char *path, int flags), (path, flags), STRING(path, OPEN))
CALL(int, __open64_2, (const char *path, int flags), (path, flags), STRING(path, OPEN))
CALL(int, openat, (int at, const char *path, int flags, long mode), (at, path, flags, mode),
     STRING(path, OPEN))
CALL(int, openat64, (int at, const char *path, int flags, long mode), (at, path, flags, mode),
     STRING(path, OPEN))
CALL(int, access, (const char *path, int mode), (path, mode), STRING(path, ACCESS))
CALL(int, unlink, (const char *path), (path), STRING(path, UNLINK))
CALL(int, mkdir, (const char *path, mode_t mode), (path, mode), STRING(path, MKDIR))
CALL(int, rmdir, (const char *path), (path), STRING(path, RMDIR))
CALL(int, chdir, (const char *path), (path), STRING(path, CHDIR))
CALL(int, rename, (const char *from, const char *to), (from, to), STRING(from, RENAME_OLD),
     STRING(to, RENAME_NEW))
CALL(ssize_t, readlink, (const char *path, char *to, size_t n), (path, to, n),
     STRING(path, READLINK_NAME), BYTES(to, n, READLINK))
CALL(ssize_t, __readlink_chk, (const char *path, char *to, size_t n, size_t room),
     (path, to, n, room), STRING(path, READLINK_NAME), BYTES(to, n, READLINK))
HANDS(FILE *, NULL, fopen, (const char *path, const char *mode), (path, mode), STRING(path, OPEN))
HANDS(FILE *, NULL, fopen64, (const char *path, const char *mode), (path, mode), STRING(path, OPEN))
HANDS(DIR *, NULL, opendir, (const char *path), (path), STRING(path, OPEN))

/* --- the rest -------------------------------------------------------------------------- */

HANDS(char *, NULL, getcwd, (char *to, size_t n), (to, n), BYTES(to, to ? n : 0, GETCWD))
CALL(int, pipe, (int *to), (to), BYTES(to, 2 * sizeof *to, PIPE))
CALL(int, pipe2, (int *to, int flags), (to, flags), BYTES(to, 2 * sizeof *to, PIPE))
CALL(int, uname, (struct utsname * to), (to), OBJECT(to, UNAME))

/* Before 2.33 libc has other functions for these, which programs that were linked with it call. */
#define STATUS(...) STATUS_OF(__VA_ARGS__)
#define STATUS_OF(symbol, older, parameters, arguments, older_parameters, older_arguments,         \
                  to_older)                                                                        \
    int handed_##symbol parameters ASM_NAME(symbol);                                               \
    CALL(int, __##older, older_parameters, older_arguments, STRING(path, STAT_NAME),               \
         OBJECT(to, STAT))                                                                         \
    INTERPOSE int handed_##symbol parameters                                                       \
    {                                                                                              \
        static int(*next) parameters;                                                              \
        if (!next)                                                                                 \
            next = (int(*) parameters)real_find(#symbol);                                          \
        HAND_OVER(int, -1, handed_##symbol, next ? next arguments : handed___##older to_older,     \
                  STRING(path, STAT_NAME), OBJECT(to, STAT));                                      \
        return next ? next arguments : handed___##older to_older;                                  \
    }
#define BY_PATH                                                                                    \
    (const char *path, struct stat *to), (path, to),                                               \
        (int version, const char *path, struct stat *to), (version, path, to), (1, path, to)
#define BY_PATH_AT                                                                                 \
    (int at, const char *path, struct stat *to, int flags), (at, path, to, flags),                 \
        (int version, int at, const char *path, struct stat *to, int flags),                       \
        (version, at, path, to, flags), (1, at, path, to, flags)
STATUS(stat, xstat, BY_PATH)
STATUS(lstat, lxstat, BY_PATH)
STATUS(stat64, xstat64, BY_PATH)
STATUS(lstat64, lxstat64, BY_PATH)
STATUS(fstatat, fxstatat, BY_PATH_AT)
STATUS(fstatat64, fxstatat64, BY_PATH_AT)
