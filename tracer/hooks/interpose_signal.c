/* The ways to ask for and set a signal's disposition: see ending.h for why. */
#include "hooks/interpose.h"

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
