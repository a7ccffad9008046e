/* The ways to ask for and set a signal's disposition: see ending.h for why. */
#include "interpose.h"

#include "ending.h"
#include "own_stack.h"
#include "stepper.h"
#include "sys.h"

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

/* --- libunwind's critical sections --------------------------------------- */

/* libunwind blocks all signals for a moment and puts the mask back, both through libc, which leaves
 * out the two that it keeps for itself. In a thread of libc's that blocks these (timer_create with
 * SIGEV_THREAD waits for signal 32 like that) they would be let in, and kill. On a stack of ours
 * all are blocked already: that is eight of twelve system calls for each new return address. */
static int mask_for_stepper(const sigset_t *set, sigset_t *before)
{
    const uint64_t all = ~0ull;
    if (own_stack_is_current())
        return 0;
    if (before)
        sys_sigprocmask(SIG_BLOCK, &all, (uint64_t *)before);
    else
        sys_sigprocmask(SIG_SETMASK, (const uint64_t *)set, NULL);
    return 0;
}

INTERPOSE int sigprocmask(int how, const sigset_t *set, sigset_t *before)
{
    if (__builtin_expect(stepper_is_code((uintptr_t)__builtin_return_address(0)), 0))
        return mask_for_stepper(set, before);
    if (__builtin_expect(!real.sigprocmask, 0))
        real_resolve();
    return real.sigprocmask(how, set, before);
}
