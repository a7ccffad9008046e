#include "cli/supervise.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* --- the sentinel -------------------------------------------------------- */

/* glibc has close_range from 2.34 on, Linux from 5.9 on. */
#ifndef SYS_close_range
#define SYS_close_range 436
#endif

/* `last`: -1: all that are there. */
static void close_range_of(int first, int last)
{
    if (last >= 0 && last < first)
        return;
    if (syscall(SYS_close_range, first, (unsigned)last, 0) == 0)
        return;
    for (int fd = first; fd <= (last < 0 ? 65535 : last); fd++)
        close(fd);
}

/* A signal does not tell whether it was sent to this process or to its group. But a process of the
 * same group that blocks all signals and does nothing has it pending in the second case. The kernel
 * goes through a group from its youngest member on, so it has it before this process has. */
static pid_t sentinel_begin(void)
{
    pid_t parent = getpid(), sentinel = fork();

    if (sentinel != 0)
        return sentinel;
    prctl(PR_SET_PDEATHSIG, SIGKILL);
    close_range_of(0, -1);
    while (getppid() == parent)
        pause();
    _exit(0);
}

static void sentinel_end(pid_t sentinel)
{
    if (sentinel > 0) {
        kill(sentinel, SIGKILL);
        waitpid(sentinel, NULL, 0);
    }
}

static unsigned long long sentinel_pending(pid_t sentinel)
{
    char path[64], line[256];
    unsigned long long pending = 0;

    snprintf(path, sizeof path, "/proc/%d/status", (int)sentinel);
    FILE *file = sentinel > 0 ? fopen(path, "re") : NULL;
    while (file && fgets(line, sizeof line, file))
        if (sscanf(line, "ShdPnd: %llx", &pending) == 1)
            break;
    if (file)
        fclose(file);
    return pending;
}

/* A new one, which has nothing pending. The same signal again, sent to the group before there was a
 * new one, is the one that was just answered: signals of one number that wait are one. */
static void sentinel_renew(pid_t *sentinel, int number)
{
    const struct timespec none = {0, 0};
    sigset_t same;

    sentinel_end(*sentinel);
    *sentinel = sentinel_begin();
    sigemptyset(&same);
    sigaddset(&same, number);
    sigtimedwait(&same, NULL, &none);
}

/* --- signals ------------------------------------------------------------- */

static void supervise_pass_on(pid_t child, pid_t *sentinel, const siginfo_t *info)
{
    if (sentinel_pending(*sentinel) >> (info->si_signo - 1) & 1) {
        sentinel_renew(sentinel, info->si_signo);
        return;
    }
    if (info->si_code == SI_QUEUE)
        sigqueue(child, info->si_signo, info->si_value);
    else if (info->si_pid != child && info->si_pid != getpid())
        kill(child, info->si_signo);
}

/* Whether the child has ended. When it stops, so does this process: the shell shall see a stopped
 * job, and continue both. */
static bool supervise_look(pid_t child, int *wait_status)
{
    pid_t changed;

    while ((changed = waitpid(child, wait_status, WNOHANG | WUNTRACED)) == child) {
        if (!WIFSTOPPED(*wait_status))
            return true;
        kill(getpid(), SIGSTOP);
    }
    return changed < 0 && errno != EINTR;
}

static void supervise_wait(pid_t child, pid_t *sentinel, const sigset_t *all,
                           struct folder_watch *watch, int *wait_status)
{
    siginfo_t info;

    folder_watch_begin(watch);
    while (!supervise_look(child, wait_status)) {
        if (sigwaitinfo(all, &info) < 0 || info.si_signo == SIGCHLD)
            continue;
        if (!folder_watch_take(watch, &info))
            supervise_pass_on(child, sentinel, &info);
    }
    folder_watch_end(watch);
}

/* --- the child ----------------------------------------------------------- */

struct supervise_signals {
    sigset_t mask;
    struct sigaction child;
};

/* All wait from now on. An ignored SIGCHLD would make children vanish. */
static void supervise_hold_signals(struct supervise_signals *before, sigset_t *all)
{
    struct sigaction action = {.sa_handler = SIG_DFL};

    sigfillset(all);
    sigprocmask(SIG_BLOCK, all, &before->mask);
    sigaction(SIGCHLD, &action, &before->child);
}

static void supervise_restore_signals(const struct supervise_signals *before)
{
    sigaction(SIGCHLD, &before->child, NULL);
    sigprocmask(SIG_SETMASK, &before->mask, NULL);
}

/* Killed without a chance to pass it on, this process must not leave the program behind. */
static void supervise_become(void (*become)(void *, struct failure *), void *context, int words)
{
    struct failure failure;

    prctl(PR_SET_PDEATHSIG, SIGKILL);
    become(context, &failure);
    if (write(words, failure.text, strlen(failure.text)) < 0)
        _exit(0);
    _exit(failure.status);
}

/* The child's words, if it did not become the program. */
static bool supervise_failed(int words, struct failure *failure)
{
    size_t length = 0;
    ssize_t got;

    while (length < sizeof failure->text - 1 &&
           ((got = read(words, failure->text + length, sizeof failure->text - 1 - length)) > 0 ||
            (got < 0 && errno == EINTR)))
        length += got > 0 ? (size_t)got : 0;
    failure->text[length] = 0;
    failure->status = 0;
    return length > 0;
}

/* What the program closes is closed. */
static void supervise_let_go_of_files(int kept)
{
    int null = open("/dev/null", O_RDWR | O_CLOEXEC);

    if (null >= 0) {
        dup2(null, STDIN_FILENO);
        dup2(null, STDOUT_FILENO);
    }
    if (kept > STDERR_FILENO)
        close_range_of(STDERR_FILENO + 1, kept - 1);
    close_range_of(kept > STDERR_FILENO ? kept + 1 : STDERR_FILENO + 1, -1);
}

/* The program, once it is one. */
static int supervise_start(void (*become)(void *, struct failure *), void *context,
                           const struct supervise_signals *before, pid_t *pid, int *wait_status,
                           struct failure *failure)
{
    int words[2];

    if (pipe2(words, O_CLOEXEC) != 0)
        return failure_set(failure, "no pipe can be made: %s", strerror(errno));
    *pid = fork();
    if (*pid == 0) {
        supervise_restore_signals(before);
        supervise_become(become, context, words[1]);
    }
    /* What nobody reads any more is no reason to leave the logs behind: a SIGPIPE that waits until
     * signals are let through again goes, too. */
    signal(SIGPIPE, SIG_IGN);
    close(words[1]);
    int result = *pid < 0 ? failure_set(failure, "no process can be made: %s", strerror(errno)) : 0;
    if (result == 0 && supervise_failed(words[0], failure)) {
        waitpid(*pid, wait_status, 0);
        failure->status = WEXITSTATUS(*wait_status);
        result = -1;
    }
    close(words[0]);
    return result;
}

/* The sentinel comes first: a signal to the group as the program begins is one for it, too. */
int supervise(void (*become)(void *context, struct failure *failure), void *context, int kept,
              struct folder_watch *watch, pid_t *pid, int *wait_status, struct failure *failure)
{
    struct supervise_signals before;
    sigset_t all;

    supervise_hold_signals(&before, &all);
    pid_t sentinel = sentinel_begin();
    int result = supervise_start(become, context, &before, pid, wait_status, failure);
    if (result == 0) {
        supervise_let_go_of_files(kept);
        supervise_wait(*pid, &sentinel, &all, watch, wait_status);
    }
    sentinel_end(sentinel);
    supervise_restore_signals(&before);
    return result;
}

void supervise_die_of(int signal_number)
{
    struct rlimit no_core = {0, 0};
    sigset_t only;

    setrlimit(RLIMIT_CORE, &no_core);
    signal(signal_number, SIG_DFL);
    sigemptyset(&only);
    sigaddset(&only, signal_number);
    sigprocmask(SIG_UNBLOCK, &only, NULL);
    kill(getpid(), signal_number);
}
