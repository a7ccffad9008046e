/* stop_world_resume: what the kernel has left of a call's time limit.
 *
 * The kernel remembers until when a poll, a sleep or a wait for a futex was to last, and its
 * restart_syscall goes on with the rest. It forgets at the return from any signal handler. So a
 * held thread does not return from its handler then: the registers and the mask are put back as
 * the return would do it, and the call goes on as restart_syscall. In a thread that is held. */
#ifndef STOP_WORLD_RESUME_H
#define STOP_WORLD_RESUME_H

#include <ucontext.h>

/* For a call that is about to be begun anew: the context stands at its `syscall`, with its number.
 * Does not return where the kernel remembers the call's limit. */
void stop_world_resume(ucontext_t *context);
/* A thread that was held again on that way back, where the kernel forgets: its context becomes the
 * call's, which begins anew whole. */
void stop_world_resume_undo(ucontext_t *context);

#endif
