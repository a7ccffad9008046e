/* The ways to ask for and set a signal's disposition: see ending.h for why. */
#include "interpose.h"

#include "ending.h"

#include <errno.h>
#include <signal.h>

/* Without libc's inline variants and deprecations in the way. */
typedef void (*handler)(int);
handler bsd_signal(int, handler);
handler ssignal(int, handler);
handler sysv_signal(int, handler);
handler __sysv_signal(int, handler);

INTERPOSE int sigaction(int signal, const struct sigaction *action, struct sigaction *before)
{
    return ending_sigaction(signal, action, before);
}

static handler set(int signal, handler wanted, int flags)
{
    struct sigaction action = {.sa_handler = wanted, .sa_flags = flags};
    struct sigaction before;
    if (wanted == SIG_ERR || signal < 1 || signal >= NSIG) {
        errno = EINVAL;
        return SIG_ERR;
    }
    sigemptyset(&action.sa_mask);
    if (!(flags & SA_NODEFER))
        sigaddset(&action.sa_mask, signal);
    return ending_sigaction(signal, &action, &before) == 0 ? before.sa_handler : SIG_ERR;
}

INTERPOSE handler signal(int number, handler wanted)
{
    return set(number, wanted, SA_RESTART);
}

INTERPOSE handler bsd_signal(int number, handler wanted)
{
    return set(number, wanted, SA_RESTART);
}

INTERPOSE handler ssignal(int number, handler wanted)
{
    return set(number, wanted, SA_RESTART);
}

INTERPOSE handler sysv_signal(int number, handler wanted)
{
    return set(number, wanted, SA_RESETHAND | SA_NODEFER);
}

INTERPOSE handler __sysv_signal(int number, handler wanted)
{
    return set(number, wanted, SA_RESETHAND | SA_NODEFER);
}
