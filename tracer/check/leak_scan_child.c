#include "check/leak_scan_child.h"

#include "os/descriptor.h"
#include "os/sys.h"

#include <sched.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/resource.h>

static uint64_t bit_of(int signal)
{
    return 1ull << (signal - 1);
}

/* Faults end it. The rest is kept off: what is sent to the program's process group (a server's
 * stop, Ctrl-C) does not. */
static void set_signals_to_default(void)
{
    struct sys_sigaction action = {0};
    uint64_t sent = ~(bit_of(SIGSEGV) | bit_of(SIGBUS) | bit_of(SIGILL) | bit_of(SIGFPE) |
                      bit_of(SIGABRT) | bit_of(SIGTRAP) | bit_of(SIGSYS));
    for (int signal = 1; signal <= 64; signal++)
        if (!(sent & bit_of(signal)))
            sys_sigaction(signal, &action, NULL);
    sys_sigprocmask(SIG_SETMASK, &sent, NULL);
}

enum { STAY = 3 };

static void sort_numbers(int numbers[STAY])
{
    for (int i = 1; i < STAY; i++)
        for (int j = i; j > 0 && numbers[j - 1] > numbers[j]; j--) {
            int lower = numbers[j];
            numbers[j] = numbers[j - 1];
            numbers[j - 1] = lower;
        }
}

static bool close_from_to(unsigned first, unsigned last)
{
    return first > last || sys_call(SYS_close_range, first, last, 0, 0, 0, 0) == 0;
}

/* Freeing stdio's memory begins with writing what is buffered, which is the parent's to write, and
 * with moving the offset of what is read, which it shares: without descriptors neither can happen.
 * Some stay, of which libc knows nothing; -1 is none. */
static void close_all_but(int stay[STAY])
{
    unsigned from = 0;
    bool done = true;
    sort_numbers(stay);
    for (int i = 0; i < STAY; i++)
        if (stay[i] >= 0) {
            done &= (unsigned)stay[i] == from || close_from_to(from, (unsigned)stay[i] - 1);
            from = (unsigned)stay[i] + 1;
        }
    done &= close_from_to(from, ~0u);
    for (int fd = 0; !done && fd < 65536; fd++)
        if (fd != stay[0] && fd != stay[1] && fd != stay[2])
            sys_close(fd);
}

void leak_scan_child_begin(int pagemap, bool outlives_parent)
{
    struct rlimit no_core = {0, 0};
    int stay[STAY] = {descriptor_of(DESCRIPTOR_LOG), descriptor_of(DESCRIPTOR_MAPS), pagemap};
    if (!outlives_parent)
        sys_prctl(PR_SET_PDEATHSIG, SIGKILL);
    sys_setrlimit(RLIMIT_CORE, &no_core);
    set_signals_to_default();
    close_all_but(stay);
}

#define LIMIT_SECONDS 600
#define IOPRIO_IDLE   (3 << 13)

/* Whoever may be killed first is. */
static void be_killed_first(void)
{
    long fd = sys_open("/proc/self/oom_score_adj", O_WRONLY, 0);
    if (sys_is_error(fd))
        return;
    sys_write((int)fd, "1000", 4);
    sys_close((int)fd);
}

/* A policy of real time is inherited, and niceness means nothing to it. */
void leak_scan_child_be_humble(void)
{
    const struct rlimit limit = {LIMIT_SECONDS, LIMIT_SECONDS};
    const int ordinary = 0; /* priority */
    be_killed_first();
    sys_call(SYS_sched_setscheduler, 0, SCHED_BATCH, (long)&ordinary, 0, 0, 0);
    sys_call(SYS_setpriority, PRIO_PROCESS, 0, 19, 0, 0, 0);
    sys_call(SYS_ioprio_set, 1, 0, IOPRIO_IDLE, 0, 0, 0);
    sys_setrlimit(RLIMIT_CPU, &limit);
}
