/* own_stack: stacks of the tracer's own, for work that needs kilobytes.
 *
 * A program may allocate, and die, where there is hardly any stack: on a signal stack of 8 KiB, of
 * which the kernel's frame takes 3, in a coroutine, in a thread of PTHREAD_STACK_MIN. There a
 * malloc must not need much more than without the tracer, and the end must not overflow.
 *
 * All signals are blocked meanwhile, but for SIGBUS, which ending puts off unless it is a fault in
 * the log. So no handler of the program runs here, and nobody jumps out: the kernel, which would
 * not know that the thread's signal stack is in use, would put a handler over what lies there.
 * Unwinders find their way from here to the caller's frames.
 *
 * A stack serves one thread at a time. Whoever finds it taken, or in a sandbox where signals cannot
 * be blocked, does its work where it is. */
#ifndef OWN_STACK_H
#define OWN_STACK_H

#include <stdbool.h>

enum own_stack {
    OWN_STACK_ENDING,   /* for the end of the process */
    OWN_STACK_LEARNING, /* for what is asked once: libunwind, a new module */
    OWN_STACKS
};

/* Makes them. Without memory for one there is none. Called once, with one thread. */
void own_stack_begin(void);
/* Whether the caller runs on one of them; then all signals are blocked. */
bool own_stack_is_current(void);
/* Calls work(argument) there. May be called on that very stack. */
void own_stack_run(enum own_stack which, void (*work)(void *), void *argument);

#endif
