/* ending: deaths by signal, seen in time to check for leaks, unseen by the program.
 *
 * For each signal whose default is to end the process and which stands at that default, a handler of
 * ours is entered. It lets the end be recorded, puts the default back and lets the signal strike
 * again, so that the process dies of the same signal, with the same core. The program must not see
 * it: its sigaction and signal calls come here (interpose_signal.c), where our handler is shown as
 * SIG_DFL, and SIG_DFL is set as our handler. Nothing else is kept: whether our handler is in place
 * is what the kernel says. After exec handlers are gone; a forked child dies as untraced. */
#ifndef ENDING_H
#define ENDING_H

#include "stop_world.h"

#include <signal.h>
#include <stdbool.h>

/* Told once, in the dying thread's handler: the signal, the thread as interrupted, its call stack. */
typedef void ending_listener(int signal, const struct stopped_thread *here, uint32_t stack);

/* Called once, before the program runs. */
void ending_watch_signals(ending_listener *listener);
/* sigaction as the program is to see it. 0, or -1 with errno, as libc's. */
int ending_sigaction(int signal, const struct sigaction *action, struct sigaction *before);

#endif
