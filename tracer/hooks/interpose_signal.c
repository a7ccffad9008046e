/* The ways to ask for and set a signal's disposition: see ending.h for why. */
#include "hooks/interpose.h"

#include "guard/masked.h"
#include "life/ending.h"
#include "os/sys.h"

#include <signal.h>

/* Without libc's inline variants and deprecations in the way. */
typedef void (*handler)(int);
handler bsd_signal(int, handler);
handler ssignal(int, handler);
handler sysv_signal(int, handler);
handler __sysv_signal(int, handler);
handler sigset(int, handler);
int siginterrupt(int, int);

/* libc's own function does the work; the kernel holds what the program set meanwhile. */
#define AROUND(number, type, call)                                                                 \
    do {                                                                                           \
        interpose_is_observed();                                                                   \
        ending_step_aside(number);                                                                 \
        type result = call;                                                                        \
        ending_stand_in(number);                                                                   \
        return result;                                                                             \
    } while (0)

INTERPOSE int sigaction(int number, const struct sigaction *action, struct sigaction *before)
{
    return ending_sigaction(number, action, before);
}

INTERPOSE int sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
    interpose_is_observed();
    return masked_change((masked_change_function *)real.sigprocmask, how, set, before);
}

/* Before 2.32 libc has none, and a library that is loaded later may. */
static int sigmask_of_older(int how, const sigset_t *set, sigset_t *before)
{
    return (int)-sys_sigprocmask(how, (const uint64_t *)set, (uint64_t *)before);
}

INTERPOSE int pthread_sigmask(int how, const sigset_t *set, sigset_t *before)
{
    interpose_is_observed();
    masked_change_function *change = (masked_change_function *)real.pthread_sigmask;
    return masked_change(change ? change : sigmask_of_older, how, set, before);
}

INTERPOSE handler signal(int number, handler wanted)
{
    AROUND(number, handler, (handler)real.signal(number, (void *)wanted));
}

INTERPOSE handler bsd_signal(int number, handler wanted)
{
    AROUND(number, handler, (handler)real.signal(number, (void *)wanted));
}

INTERPOSE handler ssignal(int number, handler wanted)
{
    AROUND(number, handler, (handler)real.signal(number, (void *)wanted));
}

INTERPOSE handler sysv_signal(int number, handler wanted)
{
    AROUND(number, handler, (handler)real.sysv_signal(number, (void *)wanted));
}

INTERPOSE handler __sysv_signal(int number, handler wanted)
{
    AROUND(number, handler, (handler)real.sysv_signal(number, (void *)wanted));
}

INTERPOSE handler sigset(int number, handler wanted)
{
    AROUND(number, handler, (handler)real.sigset(number, (void *)wanted));
}

INTERPOSE int siginterrupt(int number, int interrupts)
{
    AROUND(number, int, real.siginterrupt(number, interrupts));
}
