#include "os/lock_breaker.h"

#include "os/sys.h"

#include <linux/futex.h>
#include <string.h>
#include <sys/time.h>

#define LOOK_US    5000 /* what is no wait for a lock is over by then, or does not wait */
#define LOCKS_MOST 20u

#if defined(__x86_64__)
/* The kernel puts a wait that a signal interrupts, and that is to begin anew, in front of its
 * `syscall` again. */
uint32_t *lock_breaker_word(const ucontext_t *context)
{
    const greg_t *registers = context->uc_mcontext.gregs;
    const unsigned char *next = (const unsigned char *)registers[REG_RIP];
    int operation = (int)registers[REG_RSI] & FUTEX_CMD_MASK;
    bool is_wait = operation == FUTEX_WAIT || operation == FUTEX_WAIT_BITSET;
    if (registers[REG_RAX] != SYS_futex || !is_wait || registers[REG_R10] != 0 ||
        memcmp(next, "\x0f\x05", 2) != 0)
        return NULL;
    return (uint32_t *)registers[REG_RDI];
}
#endif

static void look(int signal, siginfo_t *info, void *context)
{
    static unsigned broken;
    uint32_t *word = lock_breaker_word(context);
    (void)signal;
    (void)info;
    if (!word)
        return;
    if (++broken > LOCKS_MOST)
        sys_exit_group(1);
    __atomic_store_n(word, 0, __ATOMIC_RELAXED);
}

static void set_timer(long microseconds)
{
    const struct itimerval times = {{0, microseconds}, {0, microseconds}};
    sys_call(SYS_setitimer, ITIMER_REAL, (long)&times, 0, 0, 0, 0);
}

void lock_breaker_begin(void)
{
    const uint64_t alarm = 1ull << (SIGALRM - 1);
    const struct sys_sigaction action = {.handler.function = look,
                                         .flags = SA_SIGINFO | SA_RESTART | SYS_SA_RESTORER,
                                         .restorer = sys_signal_return,
                                         .mask = ~0ull};
    if (sys_guard_is_on && sys_guard_forbids(SYS_rt_sigreturn, 0, 0, 0, 0, 0, 0))
        return;
    if (sys_sigaction(SIGALRM, &action, NULL) != 0 ||
        sys_sigprocmask(SIG_UNBLOCK, &alarm, NULL) != 0)
        return;
    set_timer(LOOK_US);
}

void lock_breaker_end(void)
{
    const uint64_t alarm = 1ull << (SIGALRM - 1);
    set_timer(0);
    sys_sigprocmask(SIG_BLOCK, &alarm, NULL);
}
