/* The ways to lock oneself in: the tracer learns what it may no longer do.
 *
 * Everything else that syscall is called for passes by a jump, so that the next function is called
 * as if by the program: syscall(SYS_clone, …) depends on what lies on the stack. */
#include "hooks/interpose.h"

#include "capture/stack_deep.h"
#include "hooks/hand_over.h"
#include "life/ending.h"
#include "os/memory_map.h"
#include "os/pages.h"
#include "os/sys.h"

#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <unistd.h>

long interpose_syscall(void) __asm__("syscall");
int interpose_prctl(int, long, long, long, long) __asm__("prctl");

/* Handlers of ours stay only where they can be taken away again. */
static void lock_in(void)
{
    void *room = sys_guard_has_room() ? NULL : pages_map(SYS_GUARD_ROOM);
    sys_guard_prepare((int)sys_getpid(), room);
    ending_step_aside_everywhere();
}

static void locked_in(bool strict, const void *filter)
{
    int saved_errno = errno;
    if (strict)
        sys_guard_add_strict();
    else
        sys_guard_add(filter);
    ending_stand_in_everywhere();
    errno = saved_errno;
}

static void not_locked_in(void)
{
    int saved_errno = errno;
    ending_stand_in_everywhere();
    errno = saved_errno;
}

static __attribute__((noinline)) int prctl_seccomp(long mode, long filter, long d, long e)
{
    interpose_is_observed();
    lock_in();
    int result = real.prctl(PR_SET_SECCOMP, mode, filter, d, e);
    if (result == 0)
        locked_in(mode == SECCOMP_MODE_STRICT, (const void *)filter);
    else
        not_locked_in();
    return result;
}

INTERPOSE int interpose_prctl(int operation, long b, long c, long d, long e)
{
    if (__builtin_expect(!real.prctl, 0))
        real_resolve();
    if (__builtin_expect(operation == PR_SET_SECCOMP, 0))
        return prctl_seccomp(b, c, d, e);
    if (__builtin_expect(operation == PR_SET_TSC, 0))
        stack_deep_without_time();
    return real.prctl(operation, b, c, d, e);
}

INTERPOSE int chroot(const char *path)
{
    if (__builtin_expect(!real.chroot, 0))
        real_resolve();
    if (tracing_is_on() && lifecycle_is_own_process())
        memory_map_before_chroot();
    return real.chroot(path);
}

/* With SECCOMP_FILTER_FLAG_NEW_LISTENER the result is a descriptor. */
static __attribute__((used)) long seccomp(long number, long operation, long flags, long filter)
{
    interpose_is_observed();
    lock_in();
    long result = real.syscall(number, operation, flags, filter);
    if (result >= 0)
        locked_in(operation == SECCOMP_SET_MODE_STRICT, (const void *)filter);
    else
        not_locked_in();
    return result;
}

static __attribute__((used)) long syscall_failed(long error)
{
    errno = (int)-error;
    return -1;
}

/* Programs are also run like this; by name of what there is for it. */
static __attribute__((used)) long run_program(long number, const char *path,
                                              char *const arguments[], char *const environment[])
{
    (void)number;
    return execve(path, arguments, environment);
}

static __attribute__((used)) long run_program_at(long number, int folder, const char *path,
                                                 char *const arguments[], char *const environment[],
                                                 int flags)
{
    (void)number;
    return execveat(folder, path, arguments, environment, flags);
}

/* In assembly: a C function with seven arguments would read, and could write, where the seventh
 * stands on the caller's stack, which is something else of the caller's if it gave less. Before the
 * next function is known the call is made here. */
_Static_assert(SYS_execve == 59 && SYS_execveat == 322 && SYS_seccomp == 317 &&
                   SECCOMP_SET_MODE_STRICT == 0 && SECCOMP_SET_MODE_FILTER == 1,
               "in the text below");
INTERPOSE __attribute__((naked)) long interpose_syscall(void)
{
    __asm__("cmp $59, %%rdi\n"
            "je run_program\n"
            "cmp $322, %%rdi\n"
            "je run_program_at\n"
            "cmp $317, %%rdi\n"
            "jne 1f\n"
            "cmp $1, %%rsi\n"
            "jbe seccomp\n"
            "1: cmpq $0, guard_area_bytes(%%rip)\n"
            "jne 4f\n"
            "5: mov real+%c0(%%rip), %%rax\n"
            "test %%rax, %%rax\n"
            "je 2f\n"
            "jmp *%%rax\n"
            "2: mov %%rdi, %%rax\n"
            "mov %%rsi, %%rdi\n"
            "mov %%rdx, %%rsi\n"
            "mov %%rcx, %%rdx\n"
            "mov %%r8, %%r10\n"
            "mov %%r9, %%r8\n"
            "mov 8(%%rsp), %%r9\n"
            "syscall\n"
            "cmp $-4095, %%rax\n"
            "jae 3f\n"
            "ret\n"
            "3: mov %%rax, %%rdi\n"
            "jmp syscall_failed\n"
            "4: sub $8, %%rsp\n"
            "push %%rdi\n"
            "push %%rsi\n"
            "push %%rdx\n"
            "push %%rcx\n"
            "push %%r8\n"
            "push %%r9\n"
            "mov %%rsp, %%rdi\n"
            "call hand_over_syscall\n"
            "pop %%r9\n"
            "pop %%r8\n"
            "pop %%rcx\n"
            "pop %%rdx\n"
            "pop %%rsi\n"
            "pop %%rdi\n"
            "add $8, %%rsp\n"
            "jmp 5b"
            :
            : "i"(offsetof(struct real_functions, syscall)));
}
