#include "life/lifecycle_exec.h"

#include "events/misuse.h"
#include "life/ask_signal.h"
#include "life/env_children.h"
#include "life/fork_gate.h"
#include "life/lifecycle.h"
#include "life/lifecycle_check.h"
#include "life/lifecycle_snapshot.h"
#include "log/trace_log.h"
#include "log/trace_log_earlier.h"
#include "os/message.h"
#include "os/sys.h"
#include "os/sys_guard.h"
#include "tables/stack_accounts.h"

#include <string.h>
#include <unistd.h>

/* Asks the kernel for the file, and so for the name: that may be no memory, or have no end, which
 * exec is to find out. 0, -ENOENT: the name can be read, for another error it is not known. */
static long look_for(int fd, const char *path, int access)
{
    long found = sys_call(SYS_faccessat, fd, (long)path, access, 0, 0, 0);
    return found == -ENOTDIR || found == -EACCES || found == -EBADF ? -ENOENT : found;
}

/* Whether exec of it may work. A bare name is looked for in PATH by libc. */
static bool is_there(const char *path)
{
    long found = look_for(AT_FDCWD, path, X_OK);
    return found == 0 || (found == -ENOENT && *path && !strchr(path, '/'));
}

/* A program may try many times: a name that is the latest one's is not stored again. */
static void note_name(const char *path)
{
    static char latest[256];
    size_t length = strlen(path);
    if (length < sizeof latest && strcmp(path, latest) == 0)
        return;
    trace_log_header->became = trace_log_add_string(path, length);
    latest[0] = '\0';
    if (length < sizeof latest)
        memcpy(latest, path, length + 1);
}

const char *lifecycle_exec_name(int fd, const char *path)
{
    long found = fd == AT_FDCWD ? -EFAULT : look_for(fd, path, F_OK);
    bool is_within = (found == 0 || found == -ENOENT) && *path != '/';
    return is_within ? "a file given by descriptor" : path;
}

/* --- the heir ------------------------------------------------------------- */

/* What the start of the tracer asks of the kernel. The filters that are there now go on in the
 * program that this process becomes, and the tracer in it does not know of them. */
static bool sandbox_forbids(void)
{
    static const short calls[] = {
        SYS_openat,    SYS_close,        SYS_read,           SYS_pread64,   SYS_mmap,
        SYS_munmap,    SYS_mprotect,     SYS_madvise,        SYS_fcntl,     SYS_flock,
        SYS_ftruncate, SYS_fallocate,    SYS_newfstatat,     SYS_fstat,     SYS_statx,
        SYS_getpid,    SYS_gettid,       SYS_rt_sigprocmask, SYS_prlimit64, SYS_readlinkat,
        SYS_getppid,   SYS_rt_sigaction, SYS_clone,          SYS_futex,     SYS_getcwd};
    for (size_t i = 0; sys_guard_is_on && i < sizeof calls / sizeof *calls; i++)
        if (sys_guard_forbids(calls[i], 0, 0, 0, 0, 0, 0))
            return true;
    return false;
}

static bool is_traced_here(void)
{
    return fork_gate_is_on() && lifecycle_is_own_process();
}

/* Why no program would be traced; TRACE_FOLLOWED: nothing is against it. */
static enum trace_unfollowed obstacle_here(void)
{
    return !lifecycle_options()->follow_exec ? TRACE_UNFOLLOWED_UNWANTED
           : sandbox_forbids()               ? TRACE_UNFOLLOWED_SANDBOX
           : !env_children_heir_can_load()   ? TRACE_UNFOLLOWED_TRACER
                                             : TRACE_FOLLOWED;
}

/* With --trace-children=yes each program has a log of its own. A forked child that is traced for
 * itself becomes a child of the program, as any other. */
bool lifecycle_exec_has_heir(void)
{
    return is_traced_here() && !lifecycle_options()->trace_children &&
           !(trace_log_header->flags & TRACE_FLAG_CHILD) && obstacle_here() == TRACE_FOLLOWED;
}

static enum trace_unfollowed why_not(enum exec_target target, const struct env_children_plan *plan)
{
    enum trace_unfollowed why = exec_target_obstacle(target);
    if (why == TRACE_FOLLOWED && plan->is_too_large)
        why = TRACE_UNFOLLOWED_ENVIRONMENT;
    if (why == TRACE_FOLLOWED && !plan->is_heir && !lifecycle_options()->trace_children)
        why = trace_log_header->flags & TRACE_FLAG_CHILD ? TRACE_FOLLOWED : obstacle_here();
    return why;
}

/* Whether a descriptor stays open in the program that this process becomes. false: it is none. */
static bool pass_on(int fd, bool passes)
{
    return fd >= 0 && !sys_is_error(sys_fcntl(fd, F_SETFD, passes ? 0 : FD_CLOEXEC));
}

static void hand_over(struct env_children_plan *plan)
{
    int log = trace_log_descriptor(), words = message_descriptor();
    if (pass_on(log, true))
        plan->log_descriptor = log;
    if (plan->log_descriptor >= 0 && pass_on(words, true))
        plan->words_descriptor = words;
}

/* --- exec ----------------------------------------------------------------- */

static bool is_spoken_of(enum trace_unfollowed why)
{
    return why != TRACE_FOLLOWED && !lifecycle_options()->quiet &&
           !lifecycle_options()->trace_children;
}

void lifecycle_exec(const char *path, enum exec_target target, struct env_children_plan *plan,
                    size_t plan_bytes)
{
    struct trace_header *header = trace_log_header;
    uint64_t contexts;
    if (!is_traced_here() || !is_there(path))
        return;
    /* The kernel would tell the new program of a child that it did not make. */
    lifecycle_check_suspend();
    lifecycle_snapshot_stop();
    note_name(path);
    stack_accounts_sum(&header->totals);
    misuse_count(&contexts, &header->errors);
    header->unfollowed = why_not(target, plan);
    header->end_realtime_ns = sys_nanoseconds(CLOCK_REALTIME);
    __atomic_store_n(&header->ending, TRACE_EXECED, __ATOMIC_RELEASE);
    ask_signal_bar(trace_log_descriptor());
    if (is_spoken_of(header->unfollowed))
        message_line("libtrace: this process becomes %s, which is not traced: %s", path,
                     trace_unfollowed_text(header->unfollowed));
    if (plan->is_heir && plan_bytes && !plan->leaves_out)
        hand_over(plan);
}

void lifecycle_exec_failed(void)
{
    struct trace_header *header = trace_log_header;
    if (!is_traced_here() || header->ending != TRACE_EXECED)
        return;
    ask_signal_unbar();
    lifecycle_check_resume();
    pass_on(trace_log_descriptor(), false);
    pass_on(message_descriptor(), false);
    header->end_realtime_ns = 0;
    __atomic_store_n(&header->ending, TRACE_RUNNING, __ATOMIC_RELEASE);
    if (is_spoken_of(header->unfollowed))
        message_line("libtrace: exec failed; the program continues");
}
