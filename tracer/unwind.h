/* unwind: the call stack of an allocation, as a node of the stack table.
 *
 * A capture walks from the caller of the allocation function outward by frame_cache's rules, until
 * it meets a frame that the thread's previous capture had too (same return address, SP and BP).
 * From there outward nothing is computed again: each remembered frame is compared with the words on
 * the stack that it was read from. If all are unchanged, so is every frame, because each frame's SP
 * and BP are functions of words just compared; then the outer part of the stack is one node
 * already.
 *
 * Frames without a simple rule are stepped through by libunwind, one at a time; where even that is
 * not enough (signal frames) libunwind walks the whole stack.
 *
 * Reads stack memory only where it is known to be readable, so a smashed stack ends a walk and does
 * not fault. A walk that ends early has TRACE_NODE_CUT as its outermost node, and is counted. */
#ifndef UNWIND_H
#define UNWIND_H

#include "thread.h"

#define UNWIND_DEPTH_LIMIT (1u << 20) /* frames; the smallest frame has 16 bytes, a stack 8 MiB */

/* The call that the enclosing function was entered by. The function must be an interposer that
 * keeps its frame pointer (asking for the frame address makes it do so). */
#if defined(__x86_64__)
#define UNWIND_CALL_SITE(entry)                                                                    \
    {                                                                                              \
        .return_address = (uintptr_t)__builtin_return_address(0),                                  \
        .cfa = (uintptr_t)__builtin_frame_address(0) + 16,                                         \
        .bp = *(uintptr_t *)__builtin_frame_address(0), .function = (uintptr_t)(entry)             \
    }
#endif

/* Called once, before the first capture; false: no memory. */
bool unwind_begin(void);

/* The stack of a call: the allocation function innermost. 0: not known (no room, or asked from
 * within a capture, by a signal handler). */
uint32_t unwind_capture(struct thread *thread, const struct call_site *site);

/* Whether the call `outer` is among the first `frames` callers of the call `inner`. */
bool unwind_is_inside(struct thread *thread, const struct call_site *inner,
                      const struct call_site *outer, unsigned frames);

/* Code was unloaded: every thread's remembered frames are void. */
void unwind_forget(void);

/* Compares every capture with libunwind's own walk from now on. */
void unwind_verify(bool on);
struct unwind_counts {
    uint64_t captures_compared;
    uint64_t captures_different;
    uint64_t frames_stepped; /* by libunwind, one at a time */
    uint64_t stacks_walked;  /* by libunwind, whole */
};
void unwind_count(struct unwind_counts *counts);

#endif
