/* ending: deaths by signal, seen in time to check for leaks, unseen by the program.
 *
 * For each signal whose default is to end the process and which stands at that default, a handler
 * of ours is entered. It lets the end be recorded, puts the default back and lets the signal strike
 * again, so that the process dies of the same signal, with the same core. The program must not see
 * it: before a call that changes a disposition the kernel is given back what the program set, to
 * the last flag, and after it ours stands in again where that is a default (interpose_signal.c); a
 * question is answered with what the program set. A handler that is to be taken away when it is
 * called (SA_RESETHAND) is taken away by us, so that ours follows it.
 *
 * Not seen: a fault whose signal the program blocks, a stack without space for a handler, and
 * dispositions that are set past libc. After exec handlers are gone; children die as untraced.
 */
#ifndef ENDING_H
#define ENDING_H

#include "stop/stop_world.h"
#include "trace_format.h"

#include <signal.h>
#include <stdbool.h>

struct ending_signal {
    int number;
    uint32_t stack; /* the thread's call stack, or 0 */
    struct trace_signal told;
};
/* Told once, in the dying thread's handler: the signal, the thread as interrupted. */
typedef void ending_listener(const struct ending_signal *signal, const struct stopped_thread *here);

/* Called once, before the program runs. */
void ending_watch_signals(ending_listener *listener);
/* sigaction as the program is to see it. 0, or -1 with errno, as libc's. */
int ending_sigaction(int signal, const struct sigaction *action, struct sigaction *before);
/* Around the program's locking itself in, after which dispositions may be out of reach. */
void ending_step_aside_everywhere(void);
void ending_stand_in_everywhere(void);
/* Around any other call that changes a signal's disposition: errno stays. */
void ending_step_aside(int signal);
void ending_stand_in(int signal);

#endif
