/* signals: which of them the tracer may block while the program goes on.
 *
 * The kernel drops a signal that does nothing (ignored, or SIGCHLD, SIGCONT, SIGURG, SIGWINCH
 * without a handler) as it is sent, unless the thread that it is for blocks it: then it is kept,
 * and given to any thread that does not. That one is woken for nothing, and an epoll_wait, a
 * sigtimedwait, a semtimedop comes back with EINTR though no handler ran. So whoever blocks signals
 * for longer than an instant leaves these open; they have no handler that could run. */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Those that have no effect by default. */
#define SIGNALS_DROPPED                                                                            \
    (1ull << (SIGCHLD - 1) | 1ull << (SIGCONT - 1) | 1ull << (SIGURG - 1) | 1ull << (SIGWINCH - 1))

/* Whether the kernel drops it, as its disposition is now. */
bool signals_does_nothing(int signal);
/* All but SIGBUS, which tells of a full disk, and what does nothing now. Signal-safe. */
uint64_t signals_to_block(void);
/* For as long as one system call takes, of those that come often: only the four that do nothing by
 * default are asked for, which are sent to every program; 64 questions cost more than the call. */
uint64_t signals_to_block_for_a_call(void);

#endif
