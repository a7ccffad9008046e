/* stack_leaf: the stacks that a thread met lately, by the call that they end in.
 *
 * Most calls come again with the same stack. A leaf remembers, for one return address and SP, the
 * stack's node, the few words that its inner frames were read from, and which frame of the thread's
 * remembered stack (walk.h) they stand on. If all those words and the words of that frame outward
 * are what they were, so is the stack: no rule is asked for, nothing is hashed, nothing is written.
 *
 * The remembered stack stays as the last walk left it. Its inner part may belong to another call by
 * now; a leaf needs only the part that it stands on. */
#ifndef STACK_LEAF_H
#define STACK_LEAF_H

#include "stack_memory.h"
#include "thread.h"

#define STACK_LEAF_WORDS 4u

struct stack_leaf {
    uintptr_t return_address; /* of the call; 0: empty */
    uintptr_t cfa;
    uintptr_t bp;
    uintptr_t outer_cfa; /* of the outermost frame that is not the leaf's own, if there is one */
    uintptr_t outer_bp;
    uint32_t function; /* the allocation function's address, lower half */
    uint32_t node;     /* the stack */
    uint32_t memo;     /* what the caller wants to remember with it; 0 at first */
    uint32_t outside;  /* the node of the frame that it stands on, or what is outside all frames */
    uint32_t frames;   /* how many of the thread's frames it stands on */
    uint16_t words_count;
    bool bp_matters;
    bool outer_bp_matters;
    struct stack_word words[STACK_LEAF_WORDS];
};

#define STACK_LEAVES_LOG2 8u

static inline struct stack_leaf *stack_leaf_place(const struct thread *thread,
                                                  const struct call_site *site)
{
    uint64_t mixed = (site->return_address ^ site->cfa << 20) * 0x9e3779b97f4a7c15u;
    return &thread->leaves[mixed >> (64 - STACK_LEAVES_LOG2)];
}

static inline bool stack_leaf_is_of(const struct stack_leaf *leaf, const struct call_site *site)
{
    return leaf->return_address == site->return_address && leaf->cfa == site->cfa &&
           leaf->function == (uint32_t)site->function &&
           (!leaf->bp_matters || leaf->bp == site->bp);
}

/* Whether the thread's remembered stack still has the frames that the leaf stands on, and they are
 * unchanged. */
static inline bool stack_leaf_stands(const struct thread *thread, const struct stack_leaf *leaf)
{
    if (leaf->frames == 0)
        return true;
    if (leaf->frames > thread->frame_count)
        return false;
    const struct thread_frame *outer = &thread->frames[leaf->frames - 1];
    return outer->node == leaf->outside && outer->cfa == leaf->outer_cfa &&
           (!leaf->outer_bp_matters || outer->bp == leaf->outer_bp) &&
           stack_memory_unchanged(thread->words, outer->words) == outer->words;
}

/* The stack of a call, if it is known and the same; NULL otherwise. */
static inline struct stack_leaf *stack_leaf_find(struct thread *thread,
                                                 const struct call_site *site)
{
    if (__builtin_expect(!thread->leaves, 0))
        return NULL;
    struct stack_leaf *leaf = stack_leaf_place(thread, site);
    if (!stack_leaf_is_of(leaf, site) ||
        stack_memory_unchanged(leaf->words, leaf->words_count) != leaf->words_count ||
        !stack_leaf_stands(thread, leaf))
        return NULL;
    return leaf;
}

/* Remembers `node` as the stack of the call, which the thread remembers as its last; `matched`
 * frames of that were met and not walked, `base` is outside all. NULL: it cannot be remembered. */
struct stack_leaf *stack_leaf_put(struct thread *thread, const struct call_site *site,
                                  uint32_t node, uint32_t matched, uint32_t base);
/* Forgets the stack of a call, so that it is walked again. */
void stack_leaf_drop(struct thread *thread, const struct call_site *site);
/* Forgets all of a thread's stacks. */
void stack_leaf_clear(struct thread *thread);

#endif
