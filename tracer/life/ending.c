#include "life/ending.h"

#include "events/observe.h"
#include "guard/masked.h"
#include "guard/touch.h"
#include "life/fork_gate.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/own_stack.h"
#include "os/sys.h"
#include "os/tracing.h"

#include <errno.h>
#include <string.h>
#include <ucontext.h>

/* libc's own, under a name that we do not interpose. */
int __sigaction(int, const struct sigaction *, struct sigaction *);

static const int watched[] = {SIGHUP,  SIGINT,  SIGQUIT,   SIGILL,  SIGTRAP, SIGABRT,
                              SIGBUS,  SIGFPE,  SIGUSR1,   SIGSEGV, SIGUSR2, SIGPIPE,
                              SIGALRM, SIGTERM, SIGSTKFLT, SIGXCPU, SIGXFSZ, SIGVTALRM,
                              SIGPROF, SIGIO,   SIGPWR,    SIGSYS};

static ending_listener *listen;
/* What the program set for the signals for which a handler of ours stands. */
static struct sys_sigaction program_actions[NSIG];

static bool is_fault(int signal)
{
    return signal == SIGSEGV || signal == SIGBUS || signal == SIGILL || signal == SIGFPE;
}

/* The kernel keeps signals at their default away from the first process of a pid namespace, but not
 * from a handler: there only faults end the process, and so only they are watched. */
static bool is_deadly_for(int signal, long pid)
{
    return pid != 1 || is_fault(signal);
}

static bool is_watched(int signal)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        if (watched[i] == signal)
            return listen && is_deadly_for(signal, sys_getpid());
    return false;
}

/* --- a signal strikes ---------------------------------------------------- */

/* A fault that the processor raised happens again when the handler returns, with its true cause. */
static bool comes_again(int signal, const siginfo_t *info)
{
    return is_fault(signal) && info->si_code > 0;
}

static uint32_t stack_of(const ucontext_t *context)
{
    const greg_t *registers = context->uc_mcontext.gregs;
    struct call_site site = {.return_address = (uintptr_t)registers[REG_RIP] + 1,
                             .cfa = (uintptr_t)registers[REG_RSP],
                             .bp = (uintptr_t)registers[REG_RBP]};
    return fork_gate_is_on() ? observe_stack(&site) : 0;
}

static bool is_own_process(void)
{
    return trace_log_header->pid == (uint32_t)sys_getpid();
}

struct death {
    int signal;
    const siginfo_t *info;
    const ucontext_t *context;
};

/* si_addr shares its place with what other senders tell. */
static struct trace_signal told_of(const siginfo_t *info)
{
    return (struct trace_signal){
        .code = info->si_code,
        .tid = (uint32_t)sys_gettid(),
        .address = comes_again(info->si_signo, info) ? (uint64_t)info->si_addr : 0};
}

static void report_death(void *context)
{
    const struct death *death = context;
    struct stopped_thread here;
    struct ending_signal signal = {death->signal, 0, told_of(death->info)};
    stop_world_describe(&here, death->context);
    signal.stack = stack_of(death->context);
    listen(&signal, &here);
}

/* The same signal once more, at the default: the process dies of it when the handler has returned,
 * in the state in which it was struck, and a core tells the true cause. A fault is not left to
 * happen again: meanwhile memory may have come to be where there was none. The process may send
 * itself what only the kernel may send others. */
static void strike_again(int signal, siginfo_t *info)
{
    const struct sys_sigaction standard = {0};
    int pid = (int)sys_getpid();
    int tid = (int)sys_gettid();
    sys_sigaction(signal, &standard, NULL);
    if (sys_tgsigqueueinfo(pid, tid, signal, info) != 0 && !comes_again(signal, info))
        sys_tgkill(pid, tid, signal);
}

/* Until the thread has left a stack of the tracer's, where no handler may run. */
static bool is_put_off(int signal, siginfo_t *info, ucontext_t *context)
{
    const uint64_t bus = 1ull << (SIGBUS - 1);
    uint64_t mask;
    if (!own_stack_is_current())
        return false;
    memcpy(&mask, &context->uc_sigmask, sizeof mask);
    mask |= bus;
    memcpy(&context->uc_sigmask, &mask, sizeof mask);
    return sys_tgsigqueueinfo((int)sys_getpid(), (int)sys_gettid(), signal, info) == 0;
}

/* A SIGBUS because the log has become shorter is not the program's, nor a touch of what is guarded.
 */
static bool is_the_tracers(int signal, siginfo_t *info, void *context)
{
    if (signal == SIGSEGV)
        return touch_take(info, context);
    if (signal != SIGBUS)
        return false;
    return comes_again(signal, info) ? trace_log_loss_mend((uintptr_t)info->si_addr)
                                     : is_put_off(signal, info, context);
}

static void end_by_signal(int signal, siginfo_t *info, void *context)
{
    struct death death = {signal, info, context};
    int saved_errno = errno;
    if (is_the_tracers(signal, info, context))
        return;
    if (!comes_again(signal, info) && sys_getpid() == 1)
        return;
    if (is_own_process())
        own_stack_run(OWN_STACK_ENDING, report_death, &death);
    strike_again(signal, info);
    errno = saved_errno;
}

/* --- who stands where ---------------------------------------------------- */

static void make_ours(struct sys_sigaction *action)
{
    /* On an alternate stack if there is one: the ordinary one may be what is broken. */
    *action =
        (struct sys_sigaction){.handler.function = end_by_signal,
                               .flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART | SYS_SA_RESTORER,
                               .restorer = sys_signal_return,
                               .mask = SYS_SIGNALS_BUT_BUS};
}

static __attribute__((noinline)) void take_away(int signal)
{
    struct sys_sigaction ours;
    make_ours(&ours);
    program_actions[signal].handler.simple = SIG_DFL;
    sys_sigaction(signal, &ours, NULL);
}

/* Calls the program's handler as its last act, so that no frame of ours lies between that and the
 * kernel's. One that the kernel is to take away when it is called: from then on the signal ends the
 * process, so ours comes in its place here. */
static void pass_on(int signal, siginfo_t *info, void *context)
{
    void (*handler)(int, siginfo_t *, void *) = program_actions[signal].handler.function;
    if (is_the_tracers(signal, info, context))
        return;
    if (program_actions[signal].handler.simple == SIG_IGN ||
        (signal == SIGSEGV && masked_is_blocked())) {
        if (comes_again(signal, info))
            end_by_signal(signal, info, context);
        return;
    }
    if (program_actions[signal].flags & SA_RESETHAND)
        take_away(signal);
    handler(signal, info, context);
}

static bool is_ours(const struct sys_sigaction *action)
{
    return action->handler.function == end_by_signal || action->handler.function == pass_on;
}

static bool is_handler(const struct sys_sigaction *action)
{
    return action->handler.simple != SIG_DFL && action->handler.simple != SIG_IGN;
}

/* Whether some of these signals are the tracer's whatever the program does with them. */
static bool is_shared(int signal)
{
    return signal == SIGBUS || (signal == SIGSEGV && touch_is_possible());
}

void ending_step_aside(int signal)
{
    struct sys_sigaction found;
    if (is_watched(signal) && sys_sigaction(signal, NULL, &found) == 0 && is_ours(&found))
        sys_sigaction(signal, &program_actions[signal], NULL);
}

static void stand_in(int signal)
{
    struct sys_sigaction ours;
    struct sys_sigaction found;
    if (sys_sigaction(signal, NULL, &found) != 0 || is_ours(&found))
        return;
    if (found.handler.simple == SIG_DFL) {
        make_ours(&ours);
    } else if (is_handler(&found) ? is_shared(signal) || (found.flags & SA_RESETHAND)
                                  : signal == SIGSEGV && is_shared(signal)) {
        ours = found;
        ours.handler.function = pass_on;
        ours.flags = (found.flags | SA_SIGINFO | SYS_SA_RESTORER) & ~(unsigned long)SA_RESETHAND;
        ours.restorer = found.flags & SYS_SA_RESTORER ? found.restorer : sys_signal_return;
    } else {
        return;
    }
    program_actions[signal] = found;
    sys_sigaction(signal, &ours, NULL);
}

void ending_stand_in(int signal)
{
    if (is_watched(signal) && is_own_process())
        stand_in(signal);
}

void ending_step_aside_everywhere(void)
{
    for (size_t i = 0; i < sizeof watched / sizeof *watched; i++)
        ending_step_aside(watched[i]);
}

void ending_stand_in_everywhere(void)
{
    const long pid = sys_getpid();
    const bool own = listen && trace_log_header->pid == (uint32_t)pid;
    for (size_t i = 0; own && i < sizeof watched / sizeof *watched; i++)
        if (is_deadly_for(watched[i], pid))
            stand_in(watched[i]);
}

void ending_watch_signals(ending_listener *listener)
{
    listen = listener;
    ending_stand_in_everywhere();
}

/* --- the program asks ---------------------------------------------------- */

static void show_theirs(int signal, struct sigaction *shown)
{
    const struct sys_sigaction *set = &program_actions[signal];
    shown->sa_handler = set->handler.simple;
    shown->sa_flags = (int)set->flags;
    shown->sa_restorer = set->restorer;
    memcpy(&shown->sa_mask, &set->mask, sizeof set->mask);
}

static int ask(int signal, struct sigaction *before)
{
    struct sys_sigaction found;
    int result = __sigaction(signal, NULL, before);
    if (result == 0 && before && is_watched(signal) && sys_sigaction(signal, NULL, &found) == 0 &&
        is_ours(&found))
        show_theirs(signal, before);
    return result;
}

/* Whose masks have SIGSEGV, as the program thinks. */
static bool has_fault_masked[NSIG];

static void show_mask(int signal, bool masked, struct sigaction *shown)
{
    if (masked && shown && signal > 0 && signal < NSIG)
        masked_put_back(&shown->sa_mask);
}

static int set(int signal, const struct sigaction *action, struct sigaction *before)
{
    struct sigaction copy = *action;
    bool was = signal > 0 && signal < NSIG && has_fault_masked[signal];
    bool masked = masked_take_out(&copy.sa_mask);
    ending_step_aside(signal);
    int result = __sigaction(signal, &copy, before);
    ending_stand_in(signal);
    if (result == 0) {
        show_mask(signal, was, before);
        has_fault_masked[signal] = masked;
    }
    return result;
}

int ending_sigaction(int signal, const struct sigaction *action, struct sigaction *before)
{
    if (action)
        return set(signal, action, before);
    int result = ask(signal, before);
    if (result == 0)
        show_mask(signal, has_fault_masked[signal], before);
    return result;
}
