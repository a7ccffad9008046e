/* walk: the frames of a call stack, from the caller of the allocation function outward.
 *
 * A walk goes by frame_cache's rules until it meets a frame that the thread's previous walk had too
 * (same return address, same SP, and same BP where that matters). From there outward nothing is
 * computed again: the words that the remembered frames were read from are compared with what they
 * were. If none has changed, no frame has, because each frame is a function of words just compared;
 * then the outer part of the stack is one node already.
 *
 * BP is a frame pointer in some functions and just another register in most, so it is compared only
 * where an outer frame's CFA was computed from it.
 *
 * Frames without a simple rule are stepped through by libunwind, one at a time; where even that is
 * not enough (signal frames) libunwind has to walk the whole stack. */
#ifndef WALK_H
#define WALK_H

#include "tables/thread.h"

#define WALK_DEPTH_LIMIT (1u << 20) /* frames; the smallest frame has 16 bytes, a stack 8 MiB */

struct walk {
    struct thread *thread;
    uint32_t
        fresh_count;  /* thread->walk.fresh[0 … fresh_count - 1] are not the same as last time */
    uint32_t matched; /* thread->walk.frames[0 … matched - 1] are */
    uint32_t candidates; /* while walking: frames that may still be met */
    uint32_t base;       /* the node outside all frames: TRACE_NODE_END or TRACE_NODE_CUT */
    uintptr_t end_slot;  /* where the 0 was read that ends the stack; 0: it ends otherwise */
    bool whole;          /* libunwind has to walk this stack: see walk_by_libunwind */
};

/* Walks the stack of a call. */
void walk_stack(struct walk *walk, const struct call_site *site);
/* Walks it with the calling thread's true registers; what comes of it cannot be remembered. */
void walk_by_libunwind(struct walk *walk, const struct call_site *site);
/* Makes the fresh frames, which have their nodes by now, the thread's remembered ones. false: no
 * memory. */
bool walk_remember(struct walk *walk);
/* Whether the call `outer` is among the first `frames` callers of the call `inner`, and none
 * between the two is apart. */
bool walk_is_inside(struct thread *thread, const struct call_site *inner,
                    const struct call_site *outer, unsigned frames,
                    bool (*is_apart)(uintptr_t return_address));

struct walk_counts {
    uint64_t frames_stepped; /* by libunwind, one at a time */
    uint64_t stacks_walked;  /* by libunwind, whole */
};
void walk_count(struct walk_counts *counts);

#endif
