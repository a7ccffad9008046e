/* older.h: functions that an older release's libc lacks, made of the system call. */
#ifndef OLDER_H
#define OLDER_H
#ifndef _GNU_SOURCE
#error "_GNU_SOURCE comes first"
#endif
#include <asm/unistd.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SYS_close_range
#define SYS_close_range __NR_close_range
#endif
#ifndef SYS_openat2
#define SYS_openat2 __NR_openat2
#endif

#if !__GLIBC_PREREQ(2, 34)
static inline int execveat(int folder, const char *name, char *const *arguments, char *const *environment, int flags)
{
    return syscall(SYS_execveat, folder, name, arguments, environment, flags);
}
static inline void closefrom(int first) { syscall(SYS_close_range, first, UINT_MAX, 0); }
#endif

#if !__GLIBC_PREREQ(2, 32)
static inline const char *strerrorname_np(int number)
{
    static const char *const names[] = {[0] = "0",           [ENOENT] = "ENOENT", [E2BIG] = "E2BIG", [EBADF] = "EBADF",
                                        [EACCES] = "EACCES", [EFAULT] = "EFAULT", [EINVAL] = "EINVAL", [ENOTDIR] = "ENOTDIR",
                                        [EISDIR] = "EISDIR", [ENAMETOOLONG] = "ENAMETOOLONG"};
    return (size_t)number < sizeof names / sizeof *names ? names[number] : NULL;
}
extern const char *const sys_sigabbrev[];
static inline const char *sigabbrev_np(int number) { return number > 0 && number < 32 ? sys_sigabbrev[number] : NULL; }
#endif
#endif
