/* What the program is told of the descriptors that the tracer keeps: there are none. It may close
 * them nevertheless, in vain: who found them in /proc/self/fd is told that it worked, and who
 * closes all numbers does not ask. All else passes by a jump. */
#include "hooks/interpose.h"

#include "hooks/hand_over.h"
#include "os/descriptor.h"
#include "os/sys.h"

#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

static __attribute__((noinline, cold)) int is_none(void)
{
    errno = EBADF;
    return -1;
}

#define RESOLVE(name)                                                                              \
    do {                                                                                           \
        if (__builtin_expect(!real.name, 0))                                                       \
            real_resolve();                                                                        \
    } while (0)

#define PASS(name, ...)                                                                            \
    do {                                                                                           \
        RESOLVE(name);                                                                             \
        return real.name(__VA_ARGS__);                                                             \
    } while (0)

#define UNLESS_KEPT(fd, name, ...)                                                                 \
    do {                                                                                           \
        if (descriptor_is_kept(fd))                                                                \
            return is_none();                                                                      \
        PASS(name, __VA_ARGS__);                                                                   \
    } while (0)

/* As UNLESS_KEPT, for what is given memory. */
#define UNLESS_KEPT_HANDING(fd, entry, name, memory, ...)                                          \
    do {                                                                                           \
        if (descriptor_is_kept(fd))                                                                \
            return is_none();                                                                      \
        RESOLVE(name);                                                                             \
        HAND_OVER(int, -1, entry, real.name(__VA_ARGS__), memory);                                 \
        return real.name(__VA_ARGS__);                                                             \
    } while (0)

/* --- is it there? -------------------------------------------------------- */

INTERPOSE int fstat(int fd, struct stat *status)
{
    UNLESS_KEPT_HANDING(fd, fstat, fstat, BYTES(status, sizeof *status, STAT), fd, status);
}

INTERPOSE int fstat64(int fd, struct stat64 *status)
{
    UNLESS_KEPT_HANDING(fd, fstat64, fstat64, BYTES(status, sizeof *status, STAT), fd, status);
}

/* What programs that were linked with a libc before 2.33 call for the two. */
int __fxstat(int, int, struct stat *);
int __fxstat64(int, int, struct stat64 *);

INTERPOSE int __fxstat(int version, int fd, struct stat *status)
{
    UNLESS_KEPT_HANDING(fd, __fxstat, fxstat, BYTES(status, sizeof *status, STAT), version, fd,
                        status);
}

INTERPOSE int __fxstat64(int version, int fd, struct stat64 *status)
{
    UNLESS_KEPT_HANDING(fd, __fxstat64, fxstat64, BYTES(status, sizeof *status, STAT), version, fd,
                        status);
}

int interpose_fcntl(int, int, long) __asm__("fcntl");
int interpose_fcntl64(int, int, long) __asm__("fcntl64");

INTERPOSE int interpose_fcntl(int fd, int command, long argument)
{
    UNLESS_KEPT_HANDING(fd, interpose_fcntl, fcntl, hand_over_fcntl(command, argument), fd, command,
                        argument);
}

INTERPOSE int interpose_fcntl64(int fd, int command, long argument)
{
    UNLESS_KEPT_HANDING(fd, interpose_fcntl64, fcntl64, hand_over_fcntl(command, argument), fd,
                        command, argument);
}

INTERPOSE off_t lseek(int fd, off_t offset, int whence)
{
    UNLESS_KEPT(fd, lseek, fd, offset, whence);
}

INTERPOSE off64_t lseek64(int fd, off64_t offset, int whence)
{
    UNLESS_KEPT(fd, lseek64, fd, offset, whence);
}

INTERPOSE int dup(int fd)
{
    UNLESS_KEPT(fd, dup, fd);
}

/* --- the number is wanted ------------------------------------------------ */

/* A child by vfork has a table of descriptors of its own, and the parent's memory. */
static void free_number(int fd)
{
    if (descriptor_is_kept(fd) && lifecycle_is_own_process())
        descriptor_free_number(fd);
}

INTERPOSE int dup2(int fd, int wanted)
{
    if (descriptor_is_kept(fd))
        return is_none();
    free_number(wanted);
    PASS(dup2, fd, wanted);
}

INTERPOSE int dup3(int fd, int wanted, int flags)
{
    if (descriptor_is_kept(fd))
        return is_none();
    free_number(wanted);
    PASS(dup3, fd, wanted, flags);
}

/* A child that closes what it does not know must not hold its parent's files open. */
static __attribute__((noinline, cold)) int close_kept(int fd)
{
    if (!lifecycle_is_own_process())
        sys_close(fd);
    return 0;
}

INTERPOSE int close(int fd)
{
    if (descriptor_is_kept(fd))
        return close_kept(fd);
    PASS(close, fd);
}
