#include "live/live_check.h"
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "base/signal_name.h"
#include "live/live_log.h"

enum {
    LOOK_MS = 2,
    ASK_AGAIN_MS = 500,
    LOCK_ROUNDS = 1000,
    ANSWER_MS = 20000, /* nobody else's check takes longer, nor a fork */
};

static uint64_t live_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

static void live_nap(void)
{
    nanosleep(&(struct timespec){0, LOOK_MS * 1000000}, NULL);
}

/* Not 0, and hardly another asker's. */
static uint32_t live_token(void)
{
    struct timespec now;

    clock_gettime(CLOCK_REALTIME, &now);
    uint32_t token = (uint32_t)getpid() * 2654435761u ^ (uint32_t)now.tv_nsec;
    return token ? token : 1;
}

/* --- asking -------------------------------------------------------------- */

/* The signal is deadly where no handler stands: in the program that the process has become a moment
 * ago, say. */
static bool live_has_handler(const struct live_log *log)
{
    char *path = memory_text("/proc/%d/status", log->pid), line[256];
    FILE *file = fopen(path, "re");
    uint64_t caught = 0;

    while (file && fgets(line, sizeof line, file))
        sscanf(line, "SigCgt: %" SCNx64, &caught);
    if (file)
        fclose(file);
    free(path);
    return caught >> (log->header->snapshot.signal - 1) & 1;
}

/* Between a look at the process and the signal it could call exec. So it is kept from that: see
 * TRACE_ASK_LOCK. The lock's descriptor; -1: the log cannot be opened. *is_held: the process
 * is in the midst of exec. */
static int live_lock(const struct live_log *log, bool *is_held)
{
    int fd = open(log->path, O_RDONLY | O_CLOEXEC), result = -1;
    struct flock lock = {
        .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = (off_t)TRACE_ASK_LOCK, .l_len = 1};

    for (int round = 0; fd >= 0 && round < LOCK_ROUNDS; round++) {
        result = fcntl(fd, F_OFD_SETLK, &lock);
        if (result == 0 || (errno != EAGAIN && errno != EACCES))
            break;
        live_nap();
    }
    *is_held = fd >= 0 && result != 0 && (errno == EAGAIN || errno == EACCES);
    return fd;
}

/* The descriptor names the process, whoever has its number next. */
static int live_send_now(const struct live_log *log, uint32_t token)
{
    int fd = (int)syscall(SYS_pidfd_open, log->pid, 0), result;
    int number = (int)log->header->snapshot.signal;
    siginfo_t info = {.si_signo = number, .si_code = SI_QUEUE};

    info.si_pid = getpid();
    info.si_uid = getuid();
    info.si_value.sival_int = (int)token;
    if (!live_log_runs(log) || log->header->ending != TRACE_RUNNING || !live_has_handler(log))
        result = (errno = ESRCH, -1);
    else if (fd >= 0)
        result = (int)syscall(SYS_pidfd_send_signal, fd, number, &info, 0);
    else
        result = (int)syscall(SYS_rt_sigqueueinfo, log->pid, number, &info);
    int error = errno;
    if (fd >= 0)
        close(fd);
    errno = error;
    return result;
}

static int live_send(const struct live_log *log, uint32_t token)
{
    bool is_held;
    int lock = live_lock(log, &is_held);
    int result = is_held ? (errno = ESRCH, -1) : live_send_now(log, token);
    int error = errno;

    if (lock >= 0)
        close(lock);
    errno = error;
    return result;
}

static int live_say_not_sent(const struct live_log *log, struct failure *failure)
{
    if (errno == EPERM)
        return failure_set(failure,
                           "process %d cannot be asked for a check: it is another user's; ask as "
                           "its user, or root",
                           log->pid);
    if (errno == ESRCH)
        return failure_set(failure,
                           "process %d has ended, or become another program; leakreport %s says "
                           "what there was",
                           log->pid, log->path);
    return failure_set(failure, "process %d cannot be asked for a check: %s", log->pid,
                       strerror(errno));
}

/* While it makes a check for somebody else it does not listen. */
static int live_ask(const struct live_log *log, uint32_t token, struct failure *failure)
{
    uint64_t begun = live_now(), asked = 0;

    while (__atomic_load_n(&log->header->snapshot.request, __ATOMIC_ACQUIRE) != token) {
        if (!asked || live_now() - asked >= ASK_AGAIN_MS) {
            if (live_send(log, token) != 0)
                return live_say_not_sent(log, failure);
            asked = live_now();
        }
        if (live_now() - begun > ANSWER_MS)
            return failure_set(failure,
                               "process %d does not answer: it is stopped, or busy with another "
                               "check",
                               log->pid);
        live_nap();
    }
    return 0;
}

/* --- the answer ---------------------------------------------------------- */

static int live_say_failed(const struct live_log *log, const struct trace_snapshot *snapshot,
                           struct failure *failure)
{
    const char *why = snapshot->error ? strerror(snapshot->error) : "";
    const char *killer = signal_name(snapshot->error);

    switch (snapshot->step) {
    case TRACE_SNAPSHOT_FORK:
        return failure_set(failure, "process %d was not checked: it cannot fork: %s", log->pid,
                           why);
    case TRACE_SNAPSHOT_COPY:
        return failure_set(failure, "process %d was not checked: there is too little memory",
                           log->pid);
    case TRACE_SNAPSHOT_FILE:
        return failure_set(failure,
                           "process %d was not checked: no log can be written beside %s: %s",
                           log->pid, log->path, why);
    case TRACE_SNAPSHOT_LOG:
        return failure_set(failure,
                           "process %d cannot be checked: its own log is incomplete, or was "
                           "deleted",
                           log->pid);
    case TRACE_SNAPSHOT_EXEC:
        return failure_set(
            failure, "process %d was not checked: it became another program meanwhile", log->pid);
    case TRACE_SNAPSHOT_TIME:
        return failure_set(failure, "process %d was not checked: the copy took too long", log->pid);
    default:
        return failure_set(failure,
                           "process %d was not checked: the process that checks was killed%s%s%s",
                           log->pid, killer ? " (" : "", killer ? killer : "",
                           killer ? "); is there too little memory?" : "");
    }
}

static char *live_path_of(const struct live_log *log, const struct trace_snapshot *snapshot)
{
    const char *slash = strrchr(log->path, '/');
    int folder = slash ? (int)(slash + 1 - log->path) : 0;
    int length = (int)strnlen(snapshot->name, sizeof snapshot->name);

    return memory_text("%.*s%.*s", folder, log->path, length, snapshot->name);
}

/* A snapshot goes on when its process has ended. */
static char *live_await(const struct live_log *log, uint32_t token, struct failure *failure)
{
    uint64_t gone = 0;

    for (;;) {
        uint32_t state = __atomic_load_n(&log->header->snapshot.state, __ATOMIC_ACQUIRE);
        struct trace_snapshot snapshot = log->header->snapshot;

        if (snapshot.request != token)
            failure_set(failure, "process %d makes another check: ask again", log->pid);
        else if (state == TRACE_SNAPSHOT_DONE)
            return live_path_of(log, &snapshot);
        else if (state == TRACE_SNAPSHOT_FAILED)
            live_say_failed(log, &snapshot, failure);
        else if (gone && live_now() - gone > ANSWER_MS)
            failure_set(failure, "process %d ended before its check was complete", log->pid);
        else {
            if (!gone && !live_log_runs(log))
                gone = live_now();
            live_nap();
            continue;
        }
        return NULL;
    }
}

char *live_check(const char *word, struct failure *failure)
{
    struct live_log log;
    uint32_t token = live_token();
    char *path = NULL;

    if (live_log_open(&log, word, failure) != 0)
        return NULL;
    if (!log.header->snapshot.signal)
        failure_set(failure, "process %d cannot be asked: the kernel refused its tracer a signal",
                    log.pid);
    else if (live_ask(&log, token, failure) == 0)
        path = live_await(&log, token, failure);
    live_log_close(&log);
    return path;
}
