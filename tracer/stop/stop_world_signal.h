/* stop_world_signal: the signal that stops a thread, and what stood there before.
 *
 * 33, which libc keeps for setuid() in threaded programs. libc never lets a program
 * block it, not by sigfillset() either, and leaves it open while a thread ends; gdb passes it on
 * without stopping; libc's handler ignores ours if one comes late; Go leaves it open too. A signal
 * of libc that arrives while our handler is in place is handed to libc's. If the kernel refuses
 * 33, the highest real-time signal at its default disposition is taken.
 *
 * Taken for one hold at a time, by the thread that holds.
 */
#ifndef STOP_WORLD_SIGNAL_H
#define STOP_WORLD_SIGNAL_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Its number; 0: it was never taken. */
int stop_world_signal(void);
/* Puts the handler there. `blocked` and SIGBUS are, while it runs, so that no handler of the
 * program's runs on top of it. 0 or -errno. */
long stop_world_signal_take(void (*handler)(int signal, siginfo_t *info, void *context),
                            uint64_t blocked);
/* Puts back what was there. `all_took_it`: of those that were sent none is on its way. */
void stop_world_signal_give_back(int all_took_it);
/* For the handler: it is somebody else's. */
void stop_world_signal_pass_on(int signal, siginfo_t *info, void *context);
/* For the handler: takes the next one that waits for this thread; false: there is none. */
bool stop_world_signal_comes_again(int signal, siginfo_t *info);

#endif
