#include "life/ask_signal.h"

#include "stop/stop_world_gate.h"
#include "stop/stop_world_resume.h"
#include "os/message.h"
#include "os/signals.h"
#include "os/swap.h"
#include "os/sys.h"
#include "os/sys_guard.h"
#include "trace_format.h"

#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <string.h>
#include <ucontext.h>
#include <unistd.h>

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

/* What the kernel drops by default is open from the first instruction on (see signals.h), and what
 * of it has a handler is blocked now. What the thread itself blocks stays so. */
static void block_what_does_something(const ucontext_t *context)
{
    uint64_t blocked, set = signals_to_block();
    memcpy(&blocked, &context->uc_sigmask, sizeof blocked);
    set |= blocked;
    sys_sigprocmask(SIG_SETMASK, &set, NULL);
}

/* What the program's thread was doing goes on as if nothing had been. */
static void come(int signal, siginfo_t *info, void *context)
{
    block_what_does_something(context);
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
        .mask = SYS_SIGNALS_BUT_BUS & ~SIGNALS_DROPPED,
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

/* --- exec ----------------------------------------------------------------- */

#define ROUNDS 5000 /* of a millisecond: who asks needs a few of them, unless it was stopped */

static int bar = -1;

/* A description of its own, because a lock goes with the last descriptor of it, and exec is to
 * close that. */
static int open_again(int log)
{
    char path[32];
    message_format(path, sizeof path, "/proc/self/fd/%d", (int64_t)log);
    long fd = log < 0 ? -EBADF : sys_open(path, O_RDWR | O_CLOEXEC, 0);
    return sys_is_error(fd) ? -1 : sys_move_high((int)fd, true);
}

/* What libc sends its threads itself comes again. */
static void drop_what_was_asked(void)
{
    const uint64_t set = 1ull << (PREFERRED - 1);
    const struct timespec none = {0, 0};
    uint64_t mask;
    siginfo_t info;
    bool is_libcs = false;
    if (sys_is_error(sys_sigprocmask(SIG_BLOCK, &set, &mask)))
        return;
    while (sys_call(SYS_rt_sigtimedwait, (long)&set, (long)&info, (long)&none, sizeof set, 0, 0) ==
           PREFERRED)
        is_libcs = is_libcs || info.si_code == SI_TKILL;
    if (is_libcs)
        sys_tgkill((int)sys_getpid(), (int)sys_gettid(), PREFERRED);
    sys_sigprocmask(SIG_SETMASK, &mask, NULL);
}

void ask_signal_bar(int log)
{
    const struct timespec moment = {0, 1000000};
    struct flock lock = {
        .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = (off_t)TRACE_ASK_LOCK, .l_len = 1};
    if (!listener.asked || sys_guard_is_on)
        return;
    bar = open_again(log);
    for (int round = 0; bar >= 0 && round < ROUNDS; round++) {
        if (sys_fcntl(bar, F_OFD_SETLK, (long)&lock) != -EAGAIN)
            break;
        sys_nanosleep(&moment);
    }
    drop_what_was_asked();
}

void ask_signal_unbar(void)
{
    if (bar >= 0)
        sys_close(bar);
    bar = -1;
}
