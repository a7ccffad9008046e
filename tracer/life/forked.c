#include "life/forked.h"

#include "life/env_name.h"
#include "life/fork_gate.h"
#include "log/trace_log.h"
#include "log/trace_log_fork.h"
#include "os/message.h"
#include "os/swap.h"
#include "os/signals.h"
#include "os/sys.h"
#include "tables/recount.h"
#include "tables/thread.h"
#include "tables/usage.h"

#include <errno.h>
#include <poll.h>
#include <string.h>

#define CHILD_LIMIT_NS 10000000000ull

/* Of the one fork that is under way; the thread that closed the gate owns it. */
static struct {
    int read_end; /* of a pipe whose write end the child holds until it has copied, or dies */
    int write_end;
    uint64_t mask_before;
    unsigned inside; /* threads that were in the tracer all the time */
} plan;
static _Thread_local bool forking;

/* --- the parent ---------------------------------------------------------- */

static bool make_pipe(void)
{
    int ends[2];
    if (sys_is_error(sys_pipe(ends, O_CLOEXEC)))
        return false;
    plan.read_end = sys_move_high(ends[0], true);
    plan.write_end = sys_move_high(ends[1], true);
    return true;
}

void forked_prepare(void)
{
    const uint64_t set = signals_to_block();
    uint64_t mask;
    if (forking)
        return;
    /* A handler that allocates in the child, before it has a log, would go unseen. */
    sys_sigprocmask(SIG_BLOCK, &set, &mask);
    if (!fork_gate_close()) {
        sys_sigprocmask(SIG_SETMASK, &mask, NULL);
        return;
    }
    forking = true;
    plan.mask_before = mask;
    if (!make_pipe())
        plan.read_end = plan.write_end = -1;
    plan.inside = fork_gate_settle();
}

static void let_signals_in(void)
{
    uint64_t mask = plan.mask_before;
    forking = false;
    fork_gate_open();
    sys_sigprocmask(SIG_SETMASK, &mask, NULL);
}

/* Until the last holder of the write end has closed it. */
static void wait_for_child(void)
{
    uint64_t begun = sys_nanoseconds(CLOCK_MONOTONIC);
    uint64_t past = 0;
    struct pollfd end = {plan.read_end, POLLIN, 0};
    long ready = 0;
    while (ready <= 0 && past < CHILD_LIMIT_NS) {
        long milliseconds = (long)((CHILD_LIMIT_NS - past) / 1000000u) + 1;
        ready = sys_call(SYS_poll, (long)&end, 1, milliseconds, 0, 0, 0);
        past = sys_nanoseconds(CLOCK_MONOTONIC) - begun;
    }
}

void forked_in_parent(void)
{
    if (!forking)
        return;
    if (plan.read_end >= 0) {
        sys_close(plan.write_end);
        wait_for_child();
        sys_close(plan.read_end);
    }
    let_signals_in();
}

/* --- the child ----------------------------------------------------------- */

/* The names that the options give a process of this number; the parent's where they have no %p. */
static const char *expand(const char *name, char *path, size_t size)
{
    char problem[256];
    return name[0] && env_name_expand(name, path, size, problem, sizeof problem) == 0 ? path : NULL;
}

static void speak_for_child(const struct env_options *options)
{
    static char path[sizeof options->log_file];
    message_forked();
    const char *file = expand(options->log_name, path, sizeof path);
    if (file && strcmp(file, options->log_file) != 0)
        message_to_file(file, false);
}

static bool refuse(const char *reason)
{
    message_line("libtrace: this forked process is not traced: %s", reason);
    return false;
}

bool forked_in_child(const struct env_options *options)
{
    static char path[sizeof options->trace_file];
    if (!forking)
        return false;
    speak_for_child(options);
    if (plan.read_end < 0)
        return refuse("no file descriptor was left to wait for it");
    sys_close(plan.read_end);
    if (fork_gate_is_torn())
        return refuse("another thread was changing the log at that moment");
    const char *file = expand(options->trace_name, path, sizeof path);
    if (!file)
        file = options->trace_file;
    if (!trace_log_fork(file, strcmp(file, options->trace_file) == 0))
        return false;
    unsigned changed = fork_gate_changed();
    fork_gate_forked();
    thread_forked();
    usage_forked();
    bool torn = !swap_is_alone() && recount_forked();
    changed = changed > plan.inside ? changed : plan.inside;
    trace_log_lose(&trace_log_header->losses.fork_threads, changed || !torn ? changed : 1);
    return true;
}

void forked_done(void)
{
    if (!forking)
        return;
    if (plan.write_end >= 0)
        sys_close(plan.write_end);
    let_signals_in();
}
