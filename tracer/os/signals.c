#include "os/signals.h"

#include "os/sys.h"

#define SIGNALS 64

bool signals_does_nothing(int signal)
{
    struct sys_sigaction action;
    if (sys_sigaction(signal, NULL, &action) != 0)
        return false;
    return action.handler.simple == SIG_IGN ||
           (action.handler.simple == SIG_DFL && SIGNALS_DROPPED >> (signal - 1) & 1);
}

uint64_t signals_to_block(void)
{
    uint64_t set = SYS_SIGNALS_BUT_BUS;
    for (int signal = 1; signal <= SIGNALS; signal++)
        if (signals_does_nothing(signal))
            set &= ~(1ull << (signal - 1));
    return set;
}
