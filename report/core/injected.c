#include "core/injected.h"
#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>
#include "base/memory.h"
#include "os/signals.h"
#include "read/process.h"

#ifndef SYS_epoll_pwait2 /* of Linux 5.11, which older headers do not have */
#define SYS_epoll_pwait2 441
#endif

enum {
    WAIT_MS = 500, /* who does not stop until then sleeps in a driver, or on a dead network disk */
    KERNEL_SIGNALS = 8, /* bytes of its signal sets */
    ROUNDS_MAX = 100,
};
/* A new thread is to be held, too. Not a child that it forks: that one is nobody's business. A bare
 * clone call without an exit signal, as ours, counts as a thread here. */
#define HELD_OPTIONS (PTRACE_O_TRACECLONE | PTRACE_O_TRACESYSGOOD)

static uint64_t held_now(void)
{
    struct timespec now;

    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000u + (uint64_t)now.tv_nsec / 1000000u;
}

/* Its next stop; false: it has ended, or there is none. */
static bool held_await(int tid, int *status)
{
    uint64_t begun = held_now();

    for (;;) {
        int got = waitpid(tid, status, __WALL | WNOHANG);

        if (got == tid)
            return WIFSTOPPED(*status);
        if (got < 0 && errno != EINTR)
            return false;
        if (held_now() - begun > WAIT_MS)
            return false;
        nanosleep(&(struct timespec){0, 100000}, NULL);
    }
}

/* --- calls that would come back with EINTR ----------------------------------- */

/* The kernel begins most calls anew by itself; of these it takes any stop for a signal. None of
 * them has done anything when it says EINTR. A limit of time is whole once more. */
static bool held_is_begun_anew(uint64_t call)
{
    static const uint16_t calls[] = {
        SYS_epoll_wait,      SYS_epoll_pwait,  SYS_epoll_pwait2,  SYS_semop,   SYS_semtimedop,
        SYS_rt_sigtimedwait, SYS_io_getevents, SYS_io_pgetevents, SYS_read,    SYS_readv,
        SYS_recvfrom,        SYS_recvmsg,      SYS_accept,        SYS_accept4, SYS_write,
        SYS_writev,          SYS_sendto,       SYS_sendmsg};

    for (size_t i = 0; i < sizeof calls / sizeof *calls; i++)
        if (calls[i] == call)
            return true;
    return false;
}

/* Whether a signal is on its way to it, which the call is to come back for. One that does nothing,
 * such as SIGCHLD without a handler, is no reason: while the process is traced the kernel keeps
 * those, too. */
static bool held_has_signal(const struct held_threads *held, const struct held_thread *thread)
{
    char *path = memory_text("/proc/%d/task/%d/status", held->pid, thread->tid), line[256];
    FILE *file = fopen(path, "re");
    uint64_t own = 0, shared = 0, blocked = 0, ignored = 0, caught = 0;
    uint64_t here = thread->signal ? 1ull << (thread->signal - 1) : 0;

    while (file && fgets(line, sizeof line, file)) {
        sscanf(line, "SigPnd: %" SCNx64, &own);
        sscanf(line, "ShdPnd: %" SCNx64, &shared);
        sscanf(line, "SigBlk: %" SCNx64, &blocked);
        sscanf(line, "SigIgn: %" SCNx64, &ignored);
        sscanf(line, "SigCgt: %" SCNx64, &caught);
    }
    if (file)
        fclose(file);
    free(path);
    return !file || (((own | shared) & ~blocked) | here) & (caught | ~(ignored | SIGNALS_DROPPED));
}

static void held_begin_anew(const struct held_threads *held, struct held_thread *thread)
{
    struct user_regs_struct *registers = &thread->registers;

    if ((int64_t)registers->rax != -EINTR || !held_is_begun_anew(registers->orig_rax) ||
        held_has_signal(held, thread))
        return;
    registers->rax = registers->orig_rax;
    registers->rip -= 2;
    registers->orig_rax = (unsigned long long)-1;
    ptrace(PTRACE_SETREGS, thread->tid, NULL, registers);
}

/* --- one thread ------------------------------------------------------------ */

static void held_read_vectors(struct held_thread *thread)
{
    struct iovec part = {memory_zeroed(1, INJECTED_VECTORS), INJECTED_VECTORS};

    if (ptrace(PTRACE_GETREGSET, thread->tid, NT_X86_XSTATE, &part) != 0)
        part.iov_len = 0;
    thread->vectors = part.iov_base;
    thread->vector_size = part.iov_len;
}

/* Between a signal and its handler, or held by job control, a thread is not where a call may be put
 * in.
 */
static bool held_take(struct held_threads *held, int tid, int status)
{
    struct held_thread thread = {.tid = tid};
    bool is_event = status >> 16 == PTRACE_EVENT_STOP;

    thread.signal = is_event || status >> 16 ? 0 : WSTOPSIG(status);
    thread.is_fit = is_event && WSTOPSIG(status) == SIGTRAP;
    if (ptrace(PTRACE_GETREGS, tid, NULL, &thread.registers) != 0)
        return false;
    thread.waits = (int64_t)thread.registers.orig_rax >= 0;
    held_read_vectors(&thread);
    held_begin_anew(held, &thread);
    memory_reserve(held->threads, held->count, held->capacity);
    held->threads[held->count++] = thread;
    return true;
}

static bool held_has(const struct held_threads *held, int tid)
{
    for (size_t i = 0; i < held->count; i++)
        if (held->threads[i].tid == tid)
            return true;
    return false;
}

static int held_say_refused(const struct held_threads *held, int error, struct failure *failure)
{
    if (error == EPERM || error == EACCES)
        return failure_set(
            failure,
            "process %d cannot be checked: the kernel does not let this user trace it "
            "(another user's, a debugger's, or /proc/sys/kernel/yama/ptrace_scope); ask as "
            "root",
            held->pid);
    return failure_set(failure, "process %d cannot be checked: %s", held->pid, strerror(error));
}

struct held_candidate {
    int tid;
    bool is_traced; /* by us, and on its way to its stop */
};

/* Traces it and lets it stop. */
static bool held_take_hold(int tid)
{
    return ptrace(PTRACE_SEIZE, tid, NULL, HELD_OPTIONS) == 0 &&
           ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0;
}

/* 0: it is on its way to its stop, or has ended. One that was made by a thread of ours meanwhile is
 * ours already. */
static int held_trace(struct held_threads *held, int tid, struct failure *failure)
{
    if (held_take_hold(tid))
        return 0;
    int error = errno;
    if (ptrace(PTRACE_INTERRUPT, tid, NULL, NULL) == 0 || process_has_ended((uint32_t)tid))
        return 0;
    return held_say_refused(held, error, failure);
}

/* 0: it stands still, or has ended. */
static int held_stop_one(struct held_threads *held, const struct held_candidate *candidate,
                         struct failure *failure)
{
    int tid = candidate->tid, status;

    if (!candidate->is_traced && held_trace(held, tid, failure) != 0)
        return -1;
    if (held_await(tid, &status))
        return held_take(held, tid, status) ? 0 : held_say_refused(held, errno, failure);
    if (process_has_ended((uint32_t)tid))
        return 0;
    return failure_set(failure,
                       "process %d cannot be checked: its thread %d does not stop (it waits in the "
                       "kernel for a device?)",
                       held->pid, tid);
}

/* --- all threads ----------------------------------------------------------- */

/* Those that are listed and not held yet, the process' first thread last. NULL: there is no such
 * process. */
static struct held_candidate *held_list(const struct held_threads *held, size_t *count)
{
    char *path = memory_text("/proc/%d/task", held->pid);
    DIR *folder = opendir(path);
    const struct dirent *entry;
    struct held_candidate *list = memory_zeroed(1, sizeof *list);
    size_t capacity = 1, first = SIZE_MAX;

    free(path);
    *count = 0;
    while (folder && (entry = readdir(folder)) != NULL) {
        int tid = atoi(entry->d_name);

        if (tid <= 0 || held_has(held, tid))
            continue;
        memory_reserve(list, *count, capacity);
        if (tid == held->pid)
            first = *count;
        list[(*count)++] = (struct held_candidate){.tid = tid};
    }
    if (first < *count) {
        struct held_candidate last = list[*count - 1];

        list[*count - 1] = list[first];
        list[first] = last;
    }
    if (folder) {
        closedir(folder);
        return list;
    }
    free(list);
    return NULL;
}

/* A signal that does nothing is kept by the kernel while the thread that it is for is traced, and
 * then wakes any other: an epoll_wait there comes back with EINTR. What a traced thread waits in
 * can be begun anew. So all are traced and told to stop before any is waited for, and the first
 * thread, whose signals the process' are, is traced when the others stand still, and let go first.
 * *stopped: how many were; who is traced is stopped even after a failure, because nobody else can
 * be let go. */
static int held_round(struct held_threads *held, bool only_one, size_t *stopped,
                      struct failure *failure)
{
    size_t count;
    struct held_candidate *list = held_list(held, &count);
    struct failure later;
    int result = 0;

    *stopped = 0;
    if (!list)
        return failure_set(failure, "there is no process %d", held->pid);
    for (size_t i = 0; i < count && !only_one; i++)
        list[i].is_traced = list[i].tid != held->pid && held_take_hold(list[i].tid);
    for (size_t i = 0; i < count; i++) {
        if (result == 0)
            result = held_stop_one(held, &list[i], failure);
        else if (list[i].is_traced)
            held_stop_one(held, &list[i], &later);
        ++*stopped;
        if (only_one && held->count && held->threads[held->count - 1].is_fit)
            break;
    }
    free(list);
    return result;
}

int held_threads_stop(struct held_threads *held, int pid, bool only_one, struct failure *failure)
{
    size_t stopped = 1;
    int result = 0;

    *held = (struct held_threads){.pid = pid};
    for (unsigned i = 0; result == 0 && stopped && i < ROUNDS_MAX; i++) {
        result = held_round(held, only_one, &stopped, failure);
        if (only_one && held->count)
            break;
    }
    if (result == 0 && !held->count)
        result = failure_set(failure, "there is no process %d any longer: it has ended", pid);
    if (result != 0)
        held_threads_let_go(held);
    return result;
}

void held_threads_let_go(struct held_threads *held)
{
    for (size_t i = held->count; i > 0; i--)
        ptrace(PTRACE_DETACH, held->threads[i - 1].tid, NULL,
               (void *)(intptr_t)held->threads[i - 1].signal);
}

void held_threads_free(struct held_threads *held)
{
    for (size_t i = 0; i < held->count; i++)
        free(held->threads[i].vectors);
    free(held->threads);
    *held = (struct held_threads){0};
}

/* --- the call --------------------------------------------------------------- */

/* One that waits in a call, if there is one: it is in no restartable sequence of instructions
 * (rseq), which the kernel would not begin anew after our call. */
static struct held_thread *held_fit(struct held_threads *held)
{
    struct held_thread *found = NULL;

    for (size_t i = 0; i < held->count; i++)
        if (held->threads[i].is_fit && (!found || (held->threads[i].waits && !found->waits)))
            found = &held->threads[i];
    return found;
}

/* From the entry of the call, over the birth of a child, to its end. */
static bool held_run_call(struct held_thread *thread, int *born)
{
    int status;

    for (unsigned stops = 0; stops < 2;) {
        if (ptrace(PTRACE_SYSCALL, thread->tid, NULL, NULL) != 0 ||
            !held_await(thread->tid, &status))
            return false;
        if (status >> 16 == PTRACE_EVENT_CLONE || status >> 16 == PTRACE_EVENT_FORK) {
            unsigned long message = 0;

            ptrace(PTRACE_GETEVENTMSG, thread->tid, NULL, &message);
            *born = (int)message;
        } else if (WSTOPSIG(status) == (SIGTRAP | 0x80)) {
            stops++;
        } else {
            return false;
        }
    }
    return true;
}

/* Where an interrupted call is begun anew: the kernel does that on its way out of such a stop, by
 * the registers that it finds then, and not behind the end of another call. */
static bool held_put_back(struct held_thread *thread)
{
    int status;

    ptrace(PTRACE_INTERRUPT, thread->tid, NULL, NULL);
    bool stopped =
        ptrace(PTRACE_CONT, thread->tid, NULL, NULL) == 0 && held_await(thread->tid, &status);
    return ptrace(PTRACE_SETREGS, thread->tid, NULL, &thread->registers) == 0 && stopped;
}

/* With every signal held back: a handler would run on registers that are not the program's. */
static bool held_call_of(struct held_thread *thread, const struct user_regs_struct *call,
                         long *result, int *born)
{
    uint64_t mask = 0, all = ~0ull;
    struct user_regs_struct after = *call;

    if (ptrace(PTRACE_GETSIGMASK, thread->tid, KERNEL_SIGNALS, &mask) != 0 ||
        ptrace(PTRACE_SETSIGMASK, thread->tid, KERNEL_SIGNALS, &all) != 0)
        return false;
    bool made = ptrace(PTRACE_SETREGS, thread->tid, NULL, call) == 0 && held_run_call(thread, born);
    ptrace(PTRACE_GETREGS, thread->tid, NULL, &after);
    *result = (long)after.rax;
    bool back = held_put_back(thread);
    return ptrace(PTRACE_SETSIGMASK, thread->tid, KERNEL_SIGNALS, &mask) == 0 && back && made;
}

int held_threads_call(struct held_threads *held, uint64_t instruction, long number,
                      const uint64_t arguments[4], long *result, int *born, struct failure *failure)
{
    struct held_thread *thread = held_fit(held);

    *born = 0;
    if (!thread)
        return failure_set(failure,
                           "process %d cannot be checked now: it is stopped, or a signal is on its "
                           "way to each of its threads",
                           held->pid);
    struct user_regs_struct call = thread->registers;
    call.rip = instruction;
    call.rax = (unsigned long long)number;
    call.orig_rax = (unsigned long long)-1;
    call.rdi = arguments[0];
    call.rsi = arguments[1];
    call.rdx = arguments[2];
    call.r10 = arguments[3];
    call.r8 = 0;
    if (!held_call_of(thread, &call, result, born))
        return failure_set(failure, "process %d cannot be checked: a call of its thread %d failed",
                           held->pid, thread->tid);
    return 0;
}
