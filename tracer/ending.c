#include "ending.h"

#include "observe.h"
#include "sys.h"
#include "tracing.h"

#include <errno.h>
#include <string.h>
#include <ucontext.h>

/* libc's own, under a name that we do not interpose. */
int __sigaction(int, const struct sigaction *, struct sigaction *);

static const int watched[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGILL,  SIGTRAP,   SIGABRT, SIGBUS,  SIGFPE,
                              SIGUSR1, SIGSEGV, SIGUSR2, SIGPIPE, SIGALRM,   SIGTERM, SIGSTKFLT, SIGXCPU,
                              SIGXFSZ, SIGVTALRM, SIGPROF, SIGIO, SIGPWR,    SIGSYS};

static ending_listener *listen;

static bool is_watched(int signal)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        if (watched[i] == signal)
            return true;
    return false;
}

/* A fault that the processor raised happens again when the handler returns, with its true cause. */
static bool comes_again(int signal, const siginfo_t *info)
{
    bool is_fault = signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;
    return is_fault && info->si_code > 0;
}

static uint32_t stack_of(const ucontext_t *context)
{
    const greg_t *registers = context->uc_mcontext.gregs;
    struct call_site site = {.return_address = (uintptr_t)registers[REG_RIP] + 1,
                             .cfa = (uintptr_t)registers[REG_RSP],
                             .bp = (uintptr_t)registers[REG_RBP]};
    return observe_stack(&site);
}

static void end_by_signal(int signal, siginfo_t *info, void *context)
{
    struct sigaction standard = {.sa_handler = SIG_DFL};
    struct stopped_thread here;
    int saved_errno = errno;
    if (tracing_is_on()) {
        stop_world_describe(&here, context);
        listen(signal, &here, stack_of(context));
    }
    __sigaction(signal, &standard, NULL);
    if (!comes_again(signal, info))
        sys_tgkill((int)sys_getpid(), (int)sys_gettid(), signal);
    errno = saved_errno;
}

static void make_ours(struct sigaction *action)
{
    memset(action, 0, sizeof *action);
    action->sa_sigaction = end_by_signal;
    /* On an alternate stack if there is one: the ordinary one may be what is broken. */
    action->sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART;
    sigfillset(&action->sa_mask);
}

static bool is_ours(const struct sigaction *action)
{
    return (action->sa_flags & SA_SIGINFO) && action->sa_sigaction == end_by_signal;
}

int ending_sigaction(int signal, const struct sigaction *action, struct sigaction *before)
{
    struct sigaction ours;
    struct sigaction found;
    bool hide = listen && is_watched(signal);
    if (hide && action && !(action->sa_flags & SA_SIGINFO) && action->sa_handler == SIG_DFL) {
        make_ours(&ours);
        action = &ours;
    }
    if (__sigaction(signal, action, &found) != 0)
        return -1;
    if (before) {
        *before = found;
        if (hide && is_ours(&found))
            memset(before, 0, sizeof *before);
    }
    return 0;
}

void ending_watch_signals(ending_listener *listener)
{
    struct sigaction ours;
    struct sigaction found;
    listen = listener;
    make_ours(&ours);
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        if (__sigaction(watched[i], NULL, &found) == 0 && !(found.sa_flags & SA_SIGINFO) && found.sa_handler == SIG_DFL)
            __sigaction(watched[i], &ours, NULL);
}
