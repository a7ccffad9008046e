/* stack_deep: which frames of a deep stack cannot have changed, because there was no time for it.
 *
 * A stack is what it was if every word is that it was read from, and to compare them all costs
 * the depth with each capture: a recursion that allocates on each of its levels would pay its
 * square. But a frame whose words have changed was entered anew, and so was each frame inside of
 * it: there is one call for each of them. If the first `known` frames were seen whole at some
 * instant, then
 *
 *     frames that may have changed since  <=  calls that a processor can make in the time since
 *
 * and they are the innermost ones. Only those are compared. The limit is the processor's, not a
 * guess at what programs do: see STACK_DEEP_FRAMES_PER_TICK. Time is the processor's own counter
 * of ticks, and counts only while the thread stays on one processor; where there is no such
 * counter, or the program forbade it, everything is compared. Likewise of a stack that is not deep,
 * where this would cost more than it saves.
 *
 * Used by the owner of the thread only. */
#ifndef STACK_DEEP_H
#define STACK_DEEP_H

#include "tables/thread.h"

#define STACK_DEEP_FRAMES 512u /* more are a deep stack */

/* A call stores its return address, no processor makes more than two stores in a cycle, and there
 * are fewer than two cycles in a tick. Coroutines that copy stacks to and fro write at most 64
 * bytes in a cycle, which are four of the smallest frames; their frames are larger. */
#define STACK_DEEP_FRAMES_PER_TICK 4u
#define STACK_DEEP_FRAMES_AT_ONCE  64u /* what the reading of the counter leaves open */

/* As stack_memory_unchanged, of the words of the first `frames` of the thread's frames: how many
 * words there are, if none has changed; else the index of one that has, all inside of which are
 * unchanged. */
uint32_t stack_deep_unchanged(struct thread *thread, uint32_t frames);
/* All of the thread's frames have just been read. */
void stack_deep_is_known(struct thread *thread);
/* The thread has been in the tracer since its stack was last looked at. */
void stack_deep_still_known(struct thread *thread);

struct stack_deep_time {
    uint64_t ticks;
    uint32_t processor; /* STACK_DEEP_NO_TIME: nothing is known */
};
#define STACK_DEEP_NO_TIME UINT32_MAX
/* The counter; tests have another one. */
extern struct stack_deep_time (*stack_deep_now)(void) __attribute__((visibility("hidden")));
/* Words compared so far, of all threads. */
uint64_t stack_deep_compared(void);
/* The program forbids reading the counter from here on. */
void stack_deep_without_time(void);

#endif
