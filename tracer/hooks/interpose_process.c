/* The program's start, and its ends by its own will. */
#include "hooks/interpose.h"

#include "capture/stepper.h"
#include "hooks/lsan_program.h"
#include "life/ending.h"
#include "life/lifecycle_end.h"
#include "life/lifecycle_unload.h"
#include "os/sys.h"

#include <dlfcn.h>
#include <errno.h>

#include <signal.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

/* How the program left. What of it is the program's: see last_frames. */
#define END(ending, status)                                                                        \
    do {                                                                                           \
        struct stopped_thread here;                                                                \
        lsan_program_ask();                                                                        \
        stop_world_capture(&here);                                                                 \
        lifecycle_end(ending, status, &here, NULL);                                                \
    } while (0)

/* --- exit, after every destructor ---------------------------------------- */

/* A handler that is registered before libc registers the loader's, which runs every destructor,
 * runs after it: handlers run in reverse. Behind it only stdio's buffers are flushed. */
static void end_by_exit(int status, void *unused)
{
    (void)unused;
    if (!lifecycle_is_over())
        real_libc()->on_exit(end_by_exit, NULL);
    END(TRACE_RETURNED, status);
}

/* Several threads may call exit at once, and the first that finds no handler left takes the process
 * away from the others. So there are some of ours, and each brings another one until the books are
 * closed: whoever comes meanwhile waits in it for that. */
#define HANDLERS 3

static void register_handlers(void)
{
    static atomic_bool done;
    if (atomic_exchange(&done, true))
        return;
    for (int i = 0; i < HANDLERS; i++)
        real_libc()->on_exit(end_by_exit, NULL);
}

/* The constructors of other libraries may run before ours. Were what they register before ours in
 * libc's list, it would be behind it at the end, and the memory of the list that holds it, which
 * libc gives back as it goes along, would look like a leak. Behind this function stand atexit and
 * C++'s static objects. */
int __cxa_atexit(void (*)(void *), void *, void *);

INTERPOSE int __cxa_atexit(void (*function)(void *), void *argument, void *module)
{
    register_handlers();
    if (__builtin_expect(!real.cxa_atexit, 0))
        real_resolve();
    return real.cxa_atexit(function, argument, module);
}

static int quick_exit_status;

static void end_quickly(void)
{
    END(TRACE_QUICK_EXITED, quick_exit_status);
}

static __attribute__((constructor)) void begin_at_load(void)
{
    lifecycle_begin();
    lsan_program_begin();
    register_handlers();
    at_quick_exit(end_quickly);
}

INTERPOSE void quick_exit(int status)
{
    quick_exit_status = status;
    real.quick_exit(status);
    __builtin_unreachable();
}

/* --- abort --------------------------------------------------------------- */

static void let_through(int signal)
{
    const uint64_t set = 1ull << (signal - 1);
    sys_sigprocmask(SIG_UNBLOCK, &set, NULL);
}

static bool is_abort_blocked(void)
{
    uint64_t mask = 0;
    sys_sigprocmask(SIG_BLOCK, NULL, &mask);
    return mask >> (SIGABRT - 1) & 1;
}

/* Since 2.41 libc's abort leaves the signal blocked until the default is set, so no handler sees
 * it; before, it lets the signal through first of all. */
static bool strikes_the_handler(void)
{
    return !is_abort_blocked() || !real_libc_is_since(41);
}

/* libc's abort raises SIGABRT and, when the program ignores or blocks it or its handler returns,
 * sets the default and raises it again, where nobody sees it. So that happens here first. */
static __attribute__((noinline)) void raise_for_handler(void)
{
    struct sigaction action;
    if (ending_sigaction(SIGABRT, NULL, &action) != 0)
        return;
    if (action.sa_handler != SIG_DFL) {
        if (strikes_the_handler()) {
            let_through(SIGABRT);
            sys_tgkill((int)sys_getpid(), (int)sys_gettid(), SIGABRT);
        }
        action = (struct sigaction){.sa_handler = SIG_DFL};
        ending_sigaction(SIGABRT, &action, NULL);
    }
    let_through(SIGABRT);
}

/* Nothing that is raised ends the first process of a pid namespace. There libc's abort halts the
 * processor, which is a fault, and since 2.41 with all signals blocked, so that no handler sees it.
 */
static __attribute__((noinline)) bool halts_unseen(void)
{
    const struct sigaction standard = {.sa_handler = SIG_DFL};
    if (sys_getpid() != 1 || !real_libc_is_since(41) ||
        ending_sigaction(SIGSEGV, &standard, NULL) != 0)
        return false;
    let_through(SIGSEGV);
    return true;
}

/* Declared as a function that returns: only then does it end in a jump, with no frame of ours left.
 */
void interpose_abort(void) __asm__("abort");

INTERPOSE void interpose_abort(void)
{
    interpose_is_observed();
    if (lifecycle_is_own_process()) {
        raise_for_handler();
        if (halts_unseen())
            __asm__ volatile("hlt");
    }
    real.abort();
}

/* --- dlclose ------------------------------------------------------------- */

INTERPOSE int dlclose(void *handle)
{
    lifecycle_unloading();
    int result = real.dlclose(handle);
    lifecycle_unloaded();
    return result;
}

/* --- _exit --------------------------------------------------------------- */

INTERPOSE void _exit(int status)
{
    END(TRACE_EXITED_FAST, status);
    sys_exit_group(status);
}

INTERPOSE void _Exit(int status)
{
    END(TRACE_EXITED_FAST, status);
    sys_exit_group(status);
}
