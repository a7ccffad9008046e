/* stop_world: holds every other thread of the process still, and lets them go again.
 *
 * A real-time signal with a handler that waits; no ptrace, so a debugger, strace, a container
 * without CAP_SYS_PTRACE or ptrace_scope 3 are no hindrance. Which signal: stop_world_signal.h.
 *
 * Where the handler runs: SA_ONSTACK. Code on a tiny stack (a goroutine, a coroutine) that set an
 * alternate stack relies on it; the stack pointer reported is in any case that of the interrupted
 * code. A thread whose alternate stack cannot hold a signal frame is killed by the kernel, as by
 * any other signal that it takes.
 *
 * What the program can notice of a release: a held system call restarts (SA_RESTART), but some
 * never do whatever the flag (signal(7) has the list: poll, select, epoll_wait, nanosleep,
 * semaphores with a time limit). Those are begun anew here, sleeps with what is left of them, a
 * poll with its whole time limit; only one whose number is not in front of its `syscall`, as in
 * libc's syscall(), comes back with EINTR. Where the process ends nobody is released:
 * stop_world_keep. Disposition and signal masks are as before.
 *
 * Between hold and release no libc function that may lock or allocate may be called: its lock may
 * be held by a thread that stands still.
 *
 * Threads that share our memory but are not of our process (vfork, CLONE_VM alone) are not held.
 */
#ifndef STOP_WORLD_H
#define STOP_WORLD_H

#include "stop/stop_world_thread.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define STOP_WORLD_LIMIT_DEFAULT 2000000000ull /* nanoseconds */

/* The threads but the calling one: count = held + silent. A silent one runs on, or sleeps with the
 * signal blocked; its stack and registers are unknown. The memory is stop_world's and listed in
 * pages: valid until the next hold. */
struct stopped_world {
    struct stopped_thread *threads;
    size_t count;
    size_t held;
    size_t silent;
    bool unlisted;        /* there may be more */
    uint64_t mask_before; /* stop_world's own */
};

/* Stops the other threads, however many are being created meanwhile, in limit_ns nanoseconds at
 * most; blocks every signal in the calling thread until release. May be called in a signal handler
 * and on any stack of 4 KiB. 0, or -errno with nobody held: -EBUSY another thread is holding,
 * -ENOENT no /proc, -EMFILE no file descriptor left, -ENOMEM, -EPERM and -ENOSYS a sandbox forbids
 * the signal. Silent threads are no error. */
int stop_world_hold(struct stopped_world *world, uint64_t limit_ns);

/* Lets everybody go; after a successful hold only, by the thread that held. A child forked between
 * hold and release does not call it: it has only the calling thread, and `world` describes the
 * memory that it inherited. */
void stop_world_release(struct stopped_world *world);

/* In a forked child: another thread of the parent's may just have released. */
void stop_world_forked(void);

/* Instead of the release, where the process ends: only the calling thread goes on. If it `may_wait`
 * for what a held thread has, a lock for one, that is noticed (stop_world_gate.h). */
void stop_world_keep(const struct stopped_world *world, bool may_wait);

#endif
