#include "life/ask_signal.h"

#include "stop/stop_world_gate.h"
#include "stop/stop_world_resume.h"
#include "os/swap.h"
#include "os/sys.h"

#include <stdatomic.h>
#include <stdbool.h>

#define PREFERRED 33 /* as stop_world_signal */
#define LOOKS_MAX 1000u

static struct ask_signal_listener listener;
static struct sys_sigaction before; /* what stood there: libc's, or nothing */
static atomic_bool is_settled;
static int other_signal;

static bool is_handler(const struct sys_sigaction *action)
{
    return action->handler.simple != SIG_DFL && action->handler.simple != SIG_IGN;
}

static bool is_end_of_child(const siginfo_t *info)
{
    return info->si_code == CLD_EXITED || info->si_code == CLD_KILLED ||
           info->si_code == CLD_DUMPED;
}

/* What the program's thread was doing goes on as if nothing had been. */
static void come(int signal, siginfo_t *info, void *context)
{
    stop_world_resume_undo(context);
    bool was_cut_short = stop_world_gate_is_cut_short(context);
    if (signal == other_signal)
        listener.asked(0, context);
    else if (info->si_code == SI_QUEUE && info->si_value.sival_int)
        listener.asked((uint32_t)info->si_value.sival_int, context);
    else if (is_end_of_child(info))
        listener.child_ended();
    else if (is_handler(&before))
        before.handler.function(signal, info, context);
    stop_world_gate_leave(context, was_cut_short);
}

static long take(int signal)
{
    const struct sys_sigaction ours = {
        .handler.function = come,
        .flags = SA_SIGINFO | SA_RESTART | SA_ONSTACK | SYS_SA_RESTORER,
        .restorer = sys_signal_return,
        .mask = SYS_SIGNALS_BUT_BUS,
    };
    return sys_sigaction(signal, &ours, NULL);
}

int ask_signal_begin(const struct ask_signal_listener *wanted, int other)
{
    listener = *wanted;
    other_signal = other;
    if (other)
        take(other);
    if (sys_sigaction(PREFERRED, NULL, &before) != 0 || take(PREFERRED) != 0)
        return 0;
    atomic_store(&is_settled, is_handler(&before));
    return PREFERRED;
}

/* Older libcs do not say whether there are threads: there it is looked for a while. What is read
 * first is what the handler passes on to. */
void ask_signal_renew(void)
{
    static atomic_uint looks;
    struct sys_sigaction found;
    if (atomic_load_explicit(&is_settled, memory_order_relaxed) || swap_is_alone() ||
        !listener.asked)
        return;
    if (sys_sigaction(PREFERRED, NULL, &found) != 0 || atomic_fetch_add(&looks, 1) > LOOKS_MAX) {
        atomic_store(&is_settled, true);
        return;
    }
    /* stop_world's may stand there, for the moment: it is alone with the program then, and what it
     * puts back is looked at again. */
    if (found.handler.function == come || !(is_handler(&found)))
        return;
    before = found;
    if (take(PREFERRED) == 0)
        atomic_store(&is_settled, true);
}
