/* stack_leaf: the stacks that a thread met lately, by the call that they end in.
 *
 * Most calls come again with the same stack. A leaf remembers, for one return address and SP, the
 * stack's node, the few words that its inner frames were read from, and which frame of the thread's
 * remembered stack (walk.h) they stand on. If all those words and the words of that frame outward
 * are what they were, so is the stack: no rule is asked for, no node is looked up, nothing is
 * written.
 *
 * The remembered stack stays as the last walk left it. Its inner part may belong to another call by
 * now; a leaf needs only the part that it stands on.
 *
 * A leaf has three places: two of its call, and one of its call and the innermost remembered frame
 * outside of it, which costs little to know and mostly tells the stacks apart that one call comes
 * with in turn.
 *
 * Where two calls take turns that have some frames each to themselves, each finds the other's stack
 * remembered. A call that is met again with a leaf that does not hold gets one with room for more
 * words, so that it can stand on what both have outside; they are in the place beside it.
 *
 * What lies where, and so which calls share their places, is chance. A leaf whose place another
 * call takes becomes a guest: there are a few pairs of places for whoever it is. So calls that take
 * turns settle even where they all have the same places.
 *
 * A leaf is one cache line, because it may be far away. A thread has few of them at first, and
 * never so many that they drive out what the program works with: with 8192 of them cc1 has half as
 * many walks as with 512, and takes longer. */
#ifndef STACK_LEAF_H
#define STACK_LEAF_H

#include "capture/stack_deep.h"
#include "capture/stack_memory.h"
#include "tables/thread.h"

#define STACK_LEAF_DEEP       UINT16_MAX /* as `frames`: more, see stack_leaf_find_deep */
#define STACK_LEAF_WORDS      3u
#define STACK_LEAF_VALUE_BITS 48u

struct stack_leaf {
    uintptr_t return_address; /* of the call; 0: empty */
    uintptr_t cfa;
    uint32_t function;  /* the allocation function's address, lower half */
    uint32_t node;      /* the stack */
    uint32_t memo;      /* what the caller wants to remember with it; 0 at first */
    uint32_t outside;   /* the node of the frame that it stands on, or what is outside all frames */
    uint32_t outer_cfa; /* of the outermost frame that is not the leaf's own: bytes above cfa */
    uint16_t frames;    /* how many of the thread's frames it stands on */
    uint8_t words_count;
    bool bp_matters : 1;
    bool outer_bp_matters : 1;
    bool has_more : 1; /* words, in the place beside it */
    /* Value in the lower 48 bits, address above them: words above cfa. Where a BP matters the last
     * one has BP and the outer frame's BP, as bytes above cfa. */
    union {
        uint64_t words[STACK_LEAF_WORDS];
        struct {
            uint64_t fewer_words[STACK_LEAF_WORDS - 1];
            int32_t bp;
            int32_t outer_bp;
        };
    };
};

/* What a leaf has in the place beside it, which is a leaf otherwise. */
#define STACK_LEAF_WORDS_MORE 6u
struct __attribute__((may_alias)) stack_leaf_more {
    uintptr_t return_address; /* 0, which is of no call */
    uintptr_t owner;          /* the leaf's address + 1, which is no cfa */
    uint64_t words[STACK_LEAF_WORDS_MORE];
};

#define STACK_LEAVES_FIRST_LOG2 6u
#define STACK_LEAVES_MOST_LOG2  9u

/* How many of the remembered frames are outside of the call, by their place alone. It is near what
 * it was for the call before. */
static inline uint32_t stack_leaf_ground(struct thread *thread, uintptr_t cfa)
{
    const struct thread_frame *frames = thread->frames;
    uint32_t ground = thread->ground < thread->frame_count ? thread->ground : thread->frame_count;
    while (ground > 0 && frames[ground - 1].cfa <= cfa)
        ground--;
    while (ground < thread->frame_count && frames[ground].cfa > cfa)
        ground++;
    thread->ground = ground;
    return ground;
}

/* The call's two places, side by side. */
static inline struct stack_leaf *stack_leaf_pair(const struct thread *thread,
                                                 const struct call_site *site)
{
    uint64_t mixed = (site->return_address ^ site->cfa << 20) * 0x9e3779b97f4a7c15u;
    return &thread->leaves[mixed >> thread->leaves_shift & ~1ull];
}

/* Its place with what is outside. */
static inline struct stack_leaf *stack_leaf_third(struct thread *thread,
                                                  const struct call_site *site)
{
    uint32_t ground = stack_leaf_ground(thread, site->cfa);
    uint64_t outside = ground ? thread->frames[ground - 1].node : TRACE_NODE_CUT;
    uint64_t mixed = (site->return_address ^ site->cfa << 20 ^ outside << 32) * 0x9e3779b97f4a7c15u;
    return &thread->leaves[mixed >> thread->leaves_shift];
}

/* Pairs for leaves of any call, behind the table and the spare leaf. */
#define STACK_LEAF_GUESTS (sizeof((struct thread *)0)->guests / sizeof(uintptr_t))
static inline struct stack_leaf *stack_leaf_guest(const struct thread *thread, unsigned number)
{
    return &thread->leaves[(1ull << (64 - thread->leaves_shift)) + 2 + 2 * number];
}

static inline bool stack_leaf_is_of(const struct stack_leaf *leaf, const struct call_site *site)
{
    return leaf->return_address == site->return_address && leaf->cfa == site->cfa &&
           leaf->function == (uint32_t)site->function &&
           (!leaf->bp_matters || site->bp - site->cfa == (uintptr_t)(intptr_t)leaf->bp);
}

/* How many words a leaf has room for without the place beside it. */
static inline unsigned stack_leaf_room(const struct stack_leaf *leaf)
{
    return STACK_LEAF_WORDS - (leaf->bp_matters || leaf->outer_bp_matters);
}

/* The place beside a leaf's, and what it is if the leaf has more words there. */
static inline struct stack_leaf *stack_leaf_place_beside(const struct stack_leaf *leaf)
{
    return (struct stack_leaf *)((uintptr_t)leaf ^ sizeof *leaf);
}
static inline struct stack_leaf_more *stack_leaf_beside(const struct stack_leaf *leaf)
{
    return (struct stack_leaf_more *)stack_leaf_place_beside(leaf);
}

static inline bool stack_leaf_are_there(const uint64_t *words, unsigned count, uintptr_t cfa)
{
    while (count-- > 0) {
        uintptr_t address = cfa + (words[count] >> STACK_LEAF_VALUE_BITS) * 8;
        if (stack_memory_word(address) != (words[count] & ((1ull << STACK_LEAF_VALUE_BITS) - 1)))
            return false;
    }
    return true;
}

static inline bool stack_leaf_has_more_words(const struct stack_leaf *leaf)
{
    const struct stack_leaf_more *more = stack_leaf_beside(leaf);
    unsigned room = stack_leaf_room(leaf);
    return more->return_address == 0 && more->owner == (uintptr_t)leaf + 1 &&
           stack_leaf_are_there(more->words, leaf->words_count - room, leaf->cfa) &&
           stack_leaf_are_there(leaf->words, room, leaf->cfa);
}

static inline bool stack_leaf_has_its_words(const struct stack_leaf *leaf)
{
    if (leaf->has_more)
        return stack_leaf_has_more_words(leaf);
    return stack_leaf_are_there(leaf->words, leaf->words_count, leaf->cfa);
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
    return outer->node == leaf->outside && outer->cfa == leaf->cfa + leaf->outer_cfa &&
           (!leaf->outer_bp_matters ||
            outer->bp == leaf->cfa + (uintptr_t)(intptr_t)leaf->outer_bp) &&
           stack_memory_unchanged(thread->words, outer->words) == outer->words;
}

static inline __attribute__((always_inline)) bool stack_leaf_holds(const struct thread *thread,
                                                                   const struct stack_leaf *leaf,
                                                                   const struct call_site *site)
{
    return stack_leaf_is_of(leaf, site) && stack_leaf_has_its_words(leaf) &&
           stack_leaf_stands(thread, leaf);
}

/* The stack of a call, if it is in one of its own two places and the same; NULL otherwise. */
static inline __attribute__((always_inline)) struct stack_leaf *stack_leaf_find_first(
    const struct thread *thread, const struct call_site *site)
{
    struct stack_leaf *pair = stack_leaf_pair(thread, site);
    if (__builtin_expect(stack_leaf_holds(thread, &pair[0], site), 1))
        return &pair[0];
    return stack_leaf_holds(thread, &pair[1], site) ? &pair[1] : NULL;
}

/* The same where the leaf stands on a deep stack, in any place. The usual way does not find those:
 * they stand on more frames than it knows of. */
struct stack_leaf *stack_leaf_find_deep(struct thread *thread, const struct call_site *site);

/* The stack of a call, if it is in any place and the same; NULL otherwise. */
static inline struct stack_leaf *stack_leaf_find(struct thread *thread,
                                                 const struct call_site *site)
{
    struct stack_leaf *leaf = stack_leaf_find_first(thread, site);
    if (leaf)
        return leaf;
    leaf = stack_leaf_third(thread, site);
    if (stack_leaf_holds(thread, leaf, site))
        return leaf;
    for (unsigned i = 0; i < STACK_LEAF_GUESTS; i++)
        if (thread->guests[i] == site->cfa &&
            stack_leaf_holds(thread, stack_leaf_guest(thread, i), site))
            return stack_leaf_guest(thread, i);
    return thread->frame_count > STACK_DEEP_FRAMES ? stack_leaf_find_deep(thread, site) : NULL;
}

/* A leaf that is found by nobody, for a stack that cannot be remembered; until the next one. */
struct stack_leaf *stack_leaf_spare(struct thread *thread, uint32_t node);
/* Where a stack that was not found is to be put: where it was looked for, with the remembered stack
 * of then. So where a few calls take turns, one after the other is found, and the remembered stack
 * stays as it is. */
struct stack_leaf *stack_leaf_place(struct thread *thread, const struct call_site *site);
/* Fills a leaf: `node` is the stack of the call, which the thread remembers as its last by now;
 * `matched` frames of that were met and not walked, `base` is outside all. false: it cannot be
 * remembered. */
bool stack_leaf_put(struct stack_leaf *leaf, struct thread *thread, const struct call_site *site,
                    uint32_t node, uint32_t matched, uint32_t base);
/* Forgets the stack of a call, so that it is walked again. */
void stack_leaf_drop(struct thread *thread, const struct call_site *site);
/* Forgets all of a thread's stacks. false: it has no memory for any. */
bool stack_leaf_clear(struct thread *thread);

#endif
