/* unwind: the call stack of an allocation, as a node of the stack table.
 *
 * A thread's last stacks are remembered by the call that they end in (stack_leaf); a stack that is
 * not among them, or has changed, is walked (walk), its frames get nodes of the stack table, and it
 * is remembered.
 *
 * Reads stack memory only where it is known to be readable, so a smashed stack ends a walk and does
 * not fault. A walk that ends early has TRACE_NODE_CUT as its outermost node, and is counted. */
#ifndef UNWIND_H
#define UNWIND_H

#include "thread.h"

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

/* The stack of a call: the allocation function innermost. 0: no room. *memo is a word that stays
 * with this stack for a while, for the caller's use: 0 until the caller writes to it, true until
 * the thread's next capture. */
uint32_t unwind_capture(struct thread *thread, const struct call_site *site, uint32_t **memo);
/* Lets the next capture of a call be a walk, after which thread->frames are its frames. */
void unwind_drop(struct thread *thread, const struct call_site *site);

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
