#include "hooks/hand_over.h"

#include "os/sys.h"

#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>

/* --- arguments that are told by a number ------------------------------------------- */

#define KERNEL_TERMIOS 36u /* bytes; libc's are more */

struct handed hand_over_ioctl(unsigned long request, long argument)
{
    const void *at = (const void *)argument;
    switch (request) {
    case FIONREAD:
        return (struct handed)BYTES(at, sizeof(int), IOCTL_FIONREAD);
    case FIONBIO:
        return (struct handed)BYTES(at, sizeof(int), IOCTL_FIONBIO);
    case TCGETS:
        return (struct handed)BYTES(at, KERNEL_TERMIOS, IOCTL_TCGETS);
    case TCSETS:
    case TCSETSW:
    case TCSETSF:
        return (struct handed)BYTES(at, KERNEL_TERMIOS, IOCTL_TCSET);
    case TIOCGWINSZ:
        return (struct handed)BYTES(at, sizeof(struct winsize), IOCTL_TIOCGWINSZ);
    default: /* an older one does not say how much; a byte finds a freed block */
        return (struct handed)BYTES(at, _IOC_SIZE(request) ? _IOC_SIZE(request) : 1, IOCTL);
    }
}

struct handed hand_over_fcntl(int command, long argument)
{
    const void *at = (const void *)argument;
    switch (command) {
    case F_GETLK:
    case F_SETLK:
    case F_SETLKW:
    case F_OFD_GETLK:
    case F_OFD_SETLK:
    case F_OFD_SETLKW:
        return (struct handed)BYTES(at, sizeof(struct flock), FCNTL_LOCK);
    case F_GETOWN_EX:
    case F_SETOWN_EX:
    case F_GET_RW_HINT:
    case F_SET_RW_HINT:
    case F_GET_FILE_RW_HINT:
    case F_SET_FILE_RW_HINT:
        return (struct handed)BYTES(at, 8, FCNTL);
    default:
        return (struct handed){0};
    }
}

uint64_t hand_over_set(const void *set, int count)
{
    return set && count > 0 ? ((uint64_t)count + 7) / 8 : 0;
}

/* --- syscall() ---------------------------------------------------------------------- */

#define SET(at, name) BYTES((void *)(at), hand_over_set((void *)(at), (int)a[0]), name)
#define GIVE(...)                                                                                  \
    do {                                                                                           \
        const struct handed given[] = {__VA_ARGS__};                                               \
        memcpy(handed, given, sizeof given);                                                       \
        return sizeof given / sizeof *given;                                                       \
    } while (0)

#define STATX_BYTES 256u /* of struct statx, in all releases of the kernel */

/* How many there are. */
static __attribute__((cold)) unsigned handed_by(const long *a, long number, struct handed handed[4])
{
    switch (number) {
    case SYS_read:
        GIVE(BYTES((void *)a[1], (uint64_t)a[2], READ));
    case SYS_write:
        GIVE(BYTES((void *)a[1], (uint64_t)a[2], WRITE));
    case SYS_pread64:
        GIVE(BYTES((void *)a[1], (uint64_t)a[2], PREAD));
    case SYS_pwrite64:
        GIVE(BYTES((void *)a[1], (uint64_t)a[2], PWRITE));
    case SYS_readv:
        GIVE(VECTOR((void *)a[1], a[2], READV));
    case SYS_writev:
        GIVE(VECTOR((void *)a[1], a[2], WRITEV));
    case SYS_recvfrom:
        GIVE(BYTES((void *)a[1], (uint64_t)a[2], RECV));
    case SYS_sendto:
        GIVE(BYTES((void *)a[1], (uint64_t)a[2], SEND));
    case SYS_getrandom:
        GIVE(BYTES((void *)a[0], (uint64_t)a[1], GETRANDOM));
    case SYS_openat:
        GIVE(STRING((void *)a[1], OPEN));
    case SYS_futex:
        GIVE(BYTES((void *)a[0], 4, FUTEX));
    case SYS_ioctl:
        handed[0] = hand_over_ioctl((unsigned long)a[1], a[2]);
        return 1;
    case SYS_fcntl:
        handed[0] = hand_over_fcntl((int)a[1], a[2]);
        return 1;
    case SYS_fstat:
        GIVE(BYTES((void *)a[1], sizeof(struct stat), FSTAT));
    case SYS_newfstatat:
        GIVE(STRING((void *)a[1], STAT_NAME), BYTES((void *)a[2], sizeof(struct stat), STAT));
    case SYS_poll:
        GIVE(BYTES((void *)a[0], (uint64_t)a[1] * sizeof(struct pollfd), POLL));
    case SYS_ppoll:
        GIVE(BYTES((void *)a[0], (uint64_t)a[1] * sizeof(struct pollfd), PPOLL),
             BYTES((void *)a[2], sizeof(struct timespec), PPOLL_TIME));
    case SYS_select:
    case SYS_pselect6:
        GIVE(SET(a[1], SELECT_READ), SET(a[2], SELECT_WRITE), SET(a[3], SELECT_EXCEPT),
             BYTES((void *)a[4], sizeof(struct timespec), SELECT_TIME));
    case SYS_statx:
        GIVE(STRING((void *)a[1], STATX_NAME), BYTES((void *)a[4], STATX_BYTES, STATX));
    case SYS_getsockopt:
        GIVE(BYTES((void *)a[4], sizeof(socklen_t), GETSOCKOPT_LENGTH),
             SIZED((void *)a[3], a[4], GETSOCKOPT));
    case SYS_getsockname:
        GIVE(BYTES((void *)a[2], sizeof(socklen_t), GETSOCKNAME_LENGTH),
             SIZED((void *)a[1], a[2], GETSOCKNAME));
    case SYS_getpeername:
        GIVE(BYTES((void *)a[2], sizeof(socklen_t), GETPEERNAME_LENGTH),
             SIZED((void *)a[1], a[2], GETPEERNAME));
    case SYS_accept:
    case SYS_accept4:
        GIVE(BYTES((void *)a[2], sizeof(socklen_t), ACCEPT_LENGTH),
             SIZED((void *)a[1], a[2], ACCEPT));
    default:
        return 0;
    }
}

void hand_over_syscall(const long *saved)
{
    const long arguments[5] = {saved[4], saved[3], saved[2], saved[1], saved[0]};
    struct handed handed[4];
    unsigned count = handed_by(arguments, saved[5], handed);
    struct call_site site = {.return_address = (uintptr_t)saved[7],
                             .cfa = (uintptr_t)(saved + 8),
                             .bp = *(uintptr_t *)__builtin_frame_address(0)};
    if (count && handed_is_guarded(handed, count))
        handed_look_at(handed, count, &site);
}
