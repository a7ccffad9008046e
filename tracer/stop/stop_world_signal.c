#include "stop/stop_world_signal.h"

#include "os/sys.h"

#include <errno.h>

#define PREFERRED 33
#define LAST      64

static int number;
static struct sys_sigaction before;

int stop_world_signal(void)
{
    return number;
}

static bool was_handler(void)
{
    return before.handler.simple != SIG_DFL && before.handler.simple != SIG_IGN;
}

static int choose_signal(void)
{
    if (sys_sigaction(PREFERRED, NULL, &before) == 0)
        return PREFERRED;
    for (int signal = LAST; signal > PREFERRED; signal--)
        if (sys_sigaction(signal, NULL, &before) == 0 && before.handler.simple == SIG_DFL)
            return signal;
    return -ENOSYS;
}

long stop_world_signal_take(void (*handler)(int, siginfo_t *, void *), uint64_t blocked)
{
    struct sys_sigaction action = {
        .handler.function = handler,
        .flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | SYS_SA_RESTORER,
        .restorer = sys_signal_return,
        .mask = blocked | 1ull << (SIGBUS - 1),
    };
    number = choose_signal();
    return number < 0 ? number : sys_sigaction(number, &action, NULL);
}

/* A signal that nobody took yet must not meet the default disposition, which would end the process.
 * Ignoring a signal discards it wherever it is pending, blocked or not. Where a handler was before
 * it is libc's, which ignores ours, and discarding could cost it one of its own. */
void stop_world_signal_give_back(int all_took_it)
{
    struct sys_sigaction ignore = {.handler.simple = SIG_IGN};
    if (!all_took_it && !was_handler())
        sys_sigaction(number, &ignore, NULL);
    sys_sigaction(number, &before, NULL);
}

/* Someone else's signal of the same number. One at default disposition is swallowed. */
void stop_world_signal_pass_on(int signal, siginfo_t *info, void *context)
{
    if (was_handler())
        before.handler.function(signal, info, context);
}

bool stop_world_signal_comes_again(int signal, siginfo_t *info)
{
    const uint64_t only = 1ull << (signal - 1);
    return sys_sigtake(&only, info) == signal;
}
