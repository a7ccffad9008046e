/* sys: the kernel, without libc in between.
 *
 * Every call returns what the kernel returns: a result, or -errno. errno is never touched, nothing
 * is allocated, no lock is taken, and no interposed function is entered, so everything in the
 * tracer may call everything here at any moment, in a signal handler and in a stopped world too.
 * How a processor enters the kernel is arch/machine's. */
#ifndef SYS_H
#define SYS_H

#include "arch/machine.h"
#include "os/sys_guard.h"

#include <errno.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <time.h>

static inline long sys_call_unguarded(long number, long a, long b, long c, long d, long e, long f)
{
    return machine_call(number, a, b, c, d, e, f);
}
#define SYS_MACHINE MACHINE_ELF
/* Time when the kernel may not be asked: of about a nanosecond, for waits that must end. */
static inline uint64_t sys_ticks(void)
{
    return machine_ticks();
}

/* Every system call of the tracer's own. The program's go unguarded. */
static inline long sys_call(long number, long a, long b, long c, long d, long e, long f)
{
    if (__builtin_expect(sys_guard_is_on, 0) && sys_guard_forbids(number, a, b, c, d, e, f))
        return -EPERM;
    return sys_call_unguarded(number, a, b, c, d, e, f);
}

/* The calling thread's TLS register. Asks the kernel: a thread made by a bare clone may have none,
 * and reading %fs:0 would kill it. */
static inline uint64_t sys_thread_pointer(void)
{
    uint64_t base = 0;
    sys_call(SYS_arch_prctl, 0x1003 /* ARCH_GET_FS */, (long)&base, 0, 0, 0, 0);
    return base;
}

/* Younger than the headers of Debian 11; every processor has the same number. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

#define SYS_PAGE 4096u
/* What the tracer blocks where its log is touched: a fault there is a SIGBUS, and deadly if that is
 * blocked (trace_log_loss). */
#define SYS_SIGNALS_BUT_BUS (~(1ull << (SIGBUS - 1)))

static inline long sys_is_error(long result)
{
    return result < 0 && result > -4096;
}

static inline void *sys_mmap(void *at, size_t length, int protection, int flags, int fd,
                             uint64_t offset)
{
    long result = sys_call(SYS_mmap, (long)at, (long)length, protection, flags, fd, (long)offset);
    return sys_is_error(result) ? NULL : (void *)result;
}
static inline long sys_mprotect(void *at, size_t length, int protection)
{
    return sys_call(SYS_mprotect, (long)at, (long)length, protection, 0, 0, 0);
}
static inline long sys_madvise(void *at, size_t length, int advice)
{
    return sys_call(SYS_madvise, (long)at, (long)length, advice, 0, 0, 0);
}
static inline long sys_open(const char *path, int flags, int mode)
{
    return sys_call(SYS_openat, AT_FDCWD, (long)path, flags | O_CLOEXEC, mode, 0, 0);
}
static inline long sys_close(int fd)
{
    return sys_call(SYS_close, fd, 0, 0, 0, 0, 0);
}
static inline long sys_read(int fd, void *buffer, size_t length)
{
    return sys_call(SYS_read, fd, (long)buffer, (long)length, 0, 0, 0);
}
static inline long sys_lseek(int fd, uint64_t offset, int whence)
{
    return sys_call(SYS_lseek, fd, (long)offset, whence, 0, 0, 0);
}
static inline long sys_pread(int fd, void *buffer, size_t length, uint64_t offset)
{
    return sys_call(SYS_pread64, fd, (long)buffer, (long)length, (long)offset, 0, 0);
}
static inline long sys_pwrite(int fd, const void *buffer, size_t length, uint64_t offset)
{
    return sys_call(SYS_pwrite64, fd, (long)buffer, (long)length, (long)offset, 0, 0);
}
static inline long sys_write(int fd, const void *buffer, size_t length)
{
    return sys_call(SYS_write, fd, (long)buffer, (long)length, 0, 0, 0);
}
static inline long sys_fstat(int fd, struct stat *status)
{
    return sys_call(SYS_fstat, fd, (long)status, 0, 0, 0, 0);
}
static inline long sys_lstat(const char *path, struct stat *status)
{
    return sys_call(SYS_newfstatat, AT_FDCWD, (long)path, (long)status, AT_SYMLINK_NOFOLLOW, 0, 0);
}
static inline long sys_stat(const char *path, struct stat *status)
{
    return sys_call(SYS_newfstatat, AT_FDCWD, (long)path, (long)status, 0, 0, 0);
}
static inline long sys_unlink(const char *path)
{
    return sys_call(SYS_unlinkat, AT_FDCWD, (long)path, 0, 0, 0, 0);
}
static inline long sys_readlink(const char *path, char *buffer, size_t length)
{
    return sys_call(SYS_readlinkat, AT_FDCWD, (long)path, (long)buffer, (long)length, 0, 0);
}
static inline long sys_getcwd(char *buffer, size_t length)
{
    return sys_call(SYS_getcwd, (long)buffer, (long)length, 0, 0, 0, 0);
}
static inline long sys_fcntl(int fd, int command, long argument)
{
    return sys_call(SYS_fcntl, fd, command, argument, 0, 0, 0);
}
static inline long sys_flock(int fd, int operation)
{
    return sys_call(SYS_flock, fd, operation, 0, 0, 0, 0);
}
/* Where it may not be asked: the process that locked itself in, or a child of it, which knows that
 * it is one by tracing. */
static inline long sys_geteuid(void)
{
    return sys_call(SYS_geteuid, 0, 0, 0, 0, 0, 0);
}
static inline long sys_getpid(void)
{
    long pid = sys_call(SYS_getpid, 0, 0, 0, 0, 0, 0);
    return pid > 0 ? pid : sys_guard_pid;
}
static inline long sys_getppid(void)
{
    return sys_call(SYS_getppid, 0, 0, 0, 0, 0, 0);
}
/* Where it may not be asked: a number that no other living thread has, and no thread has ever. */
static inline long sys_gettid(void)
{
    long tid = sys_call(SYS_gettid, 0, 0, 0, 0, 0, 0);
    return tid > 0 ? tid : 0x40000000 | (long)(sys_thread_pointer() >> 4 & 0x3fffffff);
}
static inline long sys_tgkill(int pid, int tid, int signal)
{
    return sys_call(SYS_tgkill, pid, tid, signal, 0, 0, 0);
}
static inline long sys_kill(int pid, int signal)
{
    return sys_call(SYS_kill, pid, signal, 0, 0, 0, 0);
}
/* The kernel's own idea of a disposition, for every signal, those that libc keeps for itself too.
 */
struct sys_sigaction {
    union {
        void (*function)(int signal, siginfo_t *info, void *context);
        void (*simple)(int signal);
    } handler;
    unsigned long flags;
    void (*restorer)(void);
    uint64_t mask; /* bit signal - 1 */
};
#define SYS_SA_RESTORER 0x04000000ul
/* What a handler returns into: flags |= SYS_SA_RESTORER, restorer = sys_signal_return. */
void sys_signal_return(void);
static inline long sys_sigaction(int signal, const struct sys_sigaction *action,
                                 struct sys_sigaction *before)
{
    return sys_call(SYS_rt_sigaction, signal, (long)action, (long)before, sizeof action->mask, 0,
                    0);
}
static inline long sys_sigprocmask(int how, const uint64_t *mask, uint64_t *before)
{
    return sys_call(SYS_rt_sigprocmask, how, (long)mask, (long)before, sizeof *mask, 0, 0);
}
/* Whether the 8 bytes at `address` can be read: the kernel reads the mask of a rt_sigprocmask
 * before it refuses a manner that does not exist. */
static inline bool sys_can_read(uintptr_t address)
{
    return sys_call(SYS_rt_sigprocmask, ~0, (long)address, 0, sizeof(uint64_t), 0, 0) == -EINVAL;
}
static inline long sys_sigaltstack(const stack_t *stack, stack_t *before)
{
    return sys_call(SYS_sigaltstack, (long)stack, (long)before, 0, 0, 0, 0);
}
static inline long sys_tgsigqueueinfo(int pid, int tid, int signal, siginfo_t *info)
{
    return sys_call(SYS_rt_tgsigqueueinfo, pid, tid, signal, (long)info, 0, 0);
}
static inline long sys_getdents(int fd, void *buffer, size_t length)
{
    return sys_call(SYS_getdents64, fd, (long)buffer, (long)length, 0, 0, 0);
}
/* sys_call's of one caller stand with it; what several ask for is here. */
static inline long sys_munmap(void *at, size_t length)
{
    return sys_call(SYS_munmap, (long)at, (long)length, 0, 0, 0, 0);
}
static inline long sys_mremap(const void *at, size_t length, size_t wanted, int flags, void *to)
{
    return sys_call(SYS_mremap, (long)at, (long)length, (long)wanted, flags, (long)to, 0);
}
static inline long sys_munlock(const void *at, size_t length)
{
    return sys_call(SYS_munlock, (long)at, (long)length, 0, 0, 0, 0);
}
static inline long sys_pipe(int ends[2], int flags)
{
    return sys_call(SYS_pipe2, (long)ends, flags, 0, 0, 0, 0);
}
static inline long sys_nanosleep(const struct timespec *time)
{
    return sys_call(SYS_nanosleep, (long)time, 0, 0, 0, 0, 0);
}
/* A bare clone: libc's fork has more to do. `signal` comes at the child's end. */
static inline long sys_fork(int signal)
{
    return sys_call(SYS_clone, signal, 0, 0, 0, 0, 0);
}
static inline long sys_wait(long child, int *status, int options)
{
    return sys_call(SYS_wait4, child, (long)status, options, 0, 0, 0);
}
static inline long sys_prctl(int option, uintptr_t argument)
{
    return sys_call(SYS_prctl, option, (long)argument, 0, 0, 0, 0);
}
static inline long sys_setrlimit(int resource, const struct rlimit *limit)
{
    return sys_call(SYS_setrlimit, resource, (long)limit, 0, 0, 0, 0);
}
static inline long sys_sigpending(uint64_t *pending)
{
    return sys_call(SYS_rt_sigpending, (long)pending, sizeof *pending, 0, 0, 0, 0);
}
/* Takes one of the signals of the mask if it is there already. */
static inline long sys_sigtake(const uint64_t *mask, siginfo_t *info)
{
    const struct timespec at_once = {0, 0};
    return sys_call(SYS_rt_sigtimedwait, (long)mask, (long)info, (long)&at_once, sizeof *mask, 0,
                    0);
}
static inline long sys_sched_yield(void)
{
    return sys_call(SYS_sched_yield, 0, 0, 0, 0, 0, 0);
}
static inline long sys_futex(void *word, int operation, uint32_t value,
                             const struct timespec *timeout)
{
    return sys_call(SYS_futex, (long)word, operation, value, (long)timeout, 0, 0);
}
static inline long sys_process_vm_readv(int pid, const struct iovec *local, unsigned long locals,
                                        const struct iovec *remote, unsigned long remotes)
{
    return sys_call(SYS_process_vm_readv, pid, (long)local, (long)locals, (long)remote,
                    (long)remotes, 0);
}
static inline uint64_t sys_nanoseconds(clockid_t clock)
{
    struct timespec now = {0, 0};
    if (sys_call(SYS_clock_gettime, clock, (long)&now, 0, 0, 0, 0) != 0)
        return sys_ticks();
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}
_Noreturn static inline void sys_exit_group(int status)
{
    for (;;)
        sys_call_unguarded(SYS_exit_group, status, 0, 0, 0, 0, 0);
}

/* sys_allocate gives [offset, offset + length) of a file real storage, so that a later store
 * through a mapping cannot meet a full disk. Works on filesystems without fallocate, by writing
 * zeros. 0 or -errno. */
long sys_allocate(int fd, uint64_t offset, uint64_t length);
/* sys_punch gives the storage of a part of a file back; it reads as zeros afterwards. */
long sys_punch(int fd, uint64_t offset, uint64_t length);
/* sys_write_all writes everything, over short writes and interruptions. 0 or -errno; -EAGAIN when
 * the descriptor does not block and nobody reads for a second. */
long sys_write_all(int fd, const void *buffer, size_t length);
/* The same without the SIGPIPE that comes of nobody reading, and the SIGXFSZ of a file that has the
 * size RLIMIT_FSIZE. */
long sys_write_unsignalled(int fd, const void *buffer, size_t length);
/* sys_read_file reads a whole small file (of /proc, say), at most size - 1 bytes, and ends it with
 * NUL. Bytes read or -errno. */
long sys_read_file(const char *path, char *buffer, size_t size);
/* Whether `bytes` are no more than half of what RLIMIT_AS leaves. The other half is the program's,
 * which should not fail for the tracer's sake. */
bool sys_leaves_space(uint64_t bytes);
/* sys_start_ticks says when a process was started (field 22 of its stat): together with its number
 * that names it. 0: there is no such process, or no /proc. */
uint64_t sys_start_ticks(int pid);
/* When the file was made, in nanoseconds since 1970; 0: its file system does not say. */
uint64_t sys_birth_time(int fd);
/* sys_move_high gives a descriptor a number out of the way of the program, which counts on getting
 * the lowest ones. The old number is closed if `close_old`. The new one, or the old if none is
 * free. */
int sys_move_high(int fd, bool close_old);
/* sys_error_text names an errno value, in libc's words for the common ones. */
const char *sys_error_text(long error);

#endif
