/* unwind: the call stack of an allocation, as a node of the stack table.
 *
 * A thread's last stacks are remembered by the call that they end in (stack_memo); a stack that is
 * not among them, or has changed, is walked (walk), its frames get nodes of the stack table, and it
 * is remembered.
 *
 * Reads stack memory only where it is known to be readable, so a smashed stack ends a walk and does
 * not fault. A walk that ends early has TRACE_NODE_CUT as its outermost node, and is counted. */
#ifndef UNWIND_H
#define UNWIND_H

#include "capture/stack_memo.h"

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

/* As unwind_capture. */
struct stack_memo *unwind_capture_slowly(struct thread *thread, const struct call_site *site);
/* The code_epoch of threads whose memos may be believed. */
extern atomic_uint unwind_quick_epoch __attribute__((visibility("hidden")));

/* The stack of a call: ->node, the allocation function innermost. ->memo is a word that stays with
 * this stack for a while, for the caller's use: 0 until the caller writes to it. Both are true
 * until the thread's next capture. NULL: no space. */
static inline __attribute__((always_inline)) struct stack_memo *unwind_capture(
    struct thread *thread, const struct call_site *site)
{
    /* Acquire: whoever finds the epoch of an unloading forgets what was remembered before. */
    if (__builtin_expect(thread->code_epoch ==
                             atomic_load_explicit(&unwind_quick_epoch, memory_order_acquire),
                         1)) {
        struct stack_memo *memo = stack_memo_find_first(thread, site);
        if (__builtin_expect(memo != NULL, 1))
            return memo;
    }
    struct call_site copy = *site;
    return unwind_capture_slowly(thread, &copy);
}
/* Lets the next capture of a call be a walk, after which thread->walk.frames are its frames. */
void unwind_drop(struct thread *thread, const struct call_site *site);

/* See walk_is_inside. */
bool unwind_is_inside(struct thread *thread, const struct call_site *inner,
                      const struct call_site *outer, unsigned frames,
                      bool (*is_apart)(uintptr_t return_address));

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
