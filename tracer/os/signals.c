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

static uint64_t without_what_does_nothing(uint64_t set, uint64_t asked)
{
    for (int signal = 1; signal <= SIGNALS; signal++)
        if (asked >> (signal - 1) & 1 && signals_does_nothing(signal))
            set &= ~(1ull << (signal - 1));
    return set;
}

uint64_t signals_to_block(void)
{
    return without_what_does_nothing(SYS_SIGNALS_BUT_BUS, ~0ull);
}

uint64_t signals_to_block_for_a_call(void)
{
    return without_what_does_nothing(SYS_SIGNALS_BUT_BUS, SIGNALS_DROPPED);
}
