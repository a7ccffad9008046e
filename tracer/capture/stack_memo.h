/* stack_memo: the stacks that a thread met lately, by the call that they end in.
 *
 * Most calls come again with the same stack. A memo remembers, for one return address and SP, the
 * stack's node, the few words that its inner frames were read from, and which frame of the thread's
 * remembered stack (walk.h) they stand on. If all those words and the words of that frame outward
 * are what they were, so is the stack: no rule is asked for, no node is looked up, nothing is
 * written.
 *
 * The remembered stack stays as the last walk left it. Its inner part may belong to another call by
 * now; a memo needs only the part that it stands on.
 *
 * A memo has three slots: two of its call, and one of its call and the innermost remembered frame
 * outside of it, which costs little to know and mostly tells the stacks apart that one call comes
 * with in turn.
 *
 * Where two calls take turns that have some frames each to themselves, each finds the other's stack
 * remembered. A call that is met again with a memo that does not hold gets one with space for more
 * words, so that it can stand on what both have outside; they are in the slot beside it.
 *
 * What lies where, and so which calls share their slots, is chance. A memo whose slot another
 * call takes becomes a guest: there are a few pairs of slots for whoever it is. So calls that take
 * turns settle even where they all have the same slots.
 *
 * A memo is one cache line, because it may be far away. A thread has few of them at first, and
 * never so many that they drive out what the program works with: with 8192 of them cc1 has half as
 * many walks as with 512, and takes longer. */
#ifndef STACK_MEMO_H
#define STACK_MEMO_H

#include "capture/stack_deep.h"
#include "capture/stack_memory.h"
#include "tables/thread.h"

#define STACK_MEMO_DEEP       UINT16_MAX /* as `frames`: more, see stack_memo_find_deep */
#define STACK_MEMO_WORDS      3u
#define STACK_MEMO_WHERE_BITS 16u

struct stack_memo {
    uintptr_t return_address; /* of the call; 0: empty */
    uintptr_t cfa;
    uint32_t function;  /* the allocation function's address, lower half */
    uint32_t node;      /* the stack */
    uint32_t account;   /* what the caller wants to remember with it; 0 at first */
    uint32_t outside;   /* the node of the frame that it stands on, or what is outside all frames */
    uint32_t outer_cfa; /* of the outermost frame that is not the memo's own: bytes above cfa */
    uint16_t frames;    /* how many of the thread's frames it stands on */
    uint8_t words_count;
    union {
        struct {
            bool bp_matters : 1;
            bool outer_bp_matters : 1;
            bool has_more : 1; /* words, in the slot beside it */
        };
        uint8_t is_more_than_words; /* any of these */
    };
    /* Where in the lower 16 bits, as words above cfa; the value above them. Outermost first. Where
     * a BP matters the last one has BP and the outer frame's BP, as bytes above cfa. */
    union {
        uint64_t words[STACK_MEMO_WORDS];
        struct {
            uint64_t fewer_words[STACK_MEMO_WORDS - 1];
            int32_t bp;
            int32_t outer_bp;
        };
    };
};

/* What a memo has in the slot beside it, which is a memo otherwise. */
#define STACK_MEMO_WORDS_MORE 6u
struct __attribute__((may_alias)) stack_memo_more {
    uintptr_t return_address; /* 0, which is of no call */
    uintptr_t owner;          /* the memo's address + 1, which is no cfa */
    uint64_t words[STACK_MEMO_WORDS_MORE];
};

#define STACK_MEMOS_FIRST_LOG2 6u
#define STACK_MEMOS_MOST_LOG2  9u

/* How many of the remembered frames are outside of the call, by where they lie. It is near what
 * it was for the call before. */
static inline uint32_t stack_memo_ground(struct thread *thread, uintptr_t cfa)
{
    const struct thread_frame *frames = thread->walk.frames;
    uint32_t ground = thread->memos.ground < thread->walk.frame_count ? thread->memos.ground
                                                                      : thread->walk.frame_count;
    while (ground > 0 && frames[ground - 1].cfa <= cfa)
        ground--;
    while (ground < thread->walk.frame_count && frames[ground].cfa > cfa)
        ground++;
    thread->memos.ground = ground;
    return ground;
}

/* The call's two slots, side by side. */
static inline struct stack_memo *stack_memo_pair(const struct thread *thread,
                                                 const struct call_site *site)
{
    uint64_t mixed = (site->return_address ^ site->cfa << 20) * 0x9e3779b97f4a7c15u;
    return &thread->memos.slots[mixed >> thread->memos.shift & ~1ull];
}

/* Its slot with what is outside. */
static inline struct stack_memo *stack_memo_third(struct thread *thread,
                                                  const struct call_site *site)
{
    uint32_t ground = stack_memo_ground(thread, site->cfa);
    uint64_t outside = ground ? thread->walk.frames[ground - 1].node : TRACE_NODE_CUT;
    uint64_t mixed = (site->return_address ^ site->cfa << 20 ^ outside << 32) * 0x9e3779b97f4a7c15u;
    return &thread->memos.slots[mixed >> thread->memos.shift];
}

/* Pairs for memos of any call, behind the table and the spare memo. */
#define STACK_MEMO_GUESTS (sizeof((struct thread_memos *)0)->guests / sizeof(uintptr_t))
static inline struct stack_memo *stack_memo_guest(const struct thread *thread, unsigned number)
{
    return &thread->memos.slots[(1ull << (64 - thread->memos.shift)) + 2 + 2 * number];
}

static inline bool stack_memo_is_at(const struct stack_memo *memo, const struct call_site *site)
{
    return memo->return_address == site->return_address && memo->cfa == site->cfa &&
           memo->function == (uint32_t)site->function;
}

static inline bool stack_memo_has_its_bp(const struct stack_memo *memo,
                                         const struct call_site *site)
{
    return !memo->bp_matters || site->bp - site->cfa == (uintptr_t)(intptr_t)memo->bp;
}

/* How many words a memo has space for without the slot beside it. */
static inline unsigned stack_memo_capacity(const struct stack_memo *memo)
{
    return STACK_MEMO_WORDS - (memo->bp_matters || memo->outer_bp_matters);
}

/* The slot beside a memo's, and what it is if the memo has more words there. */
static inline struct stack_memo *stack_memo_slot_beside(const struct stack_memo *memo)
{
    return (struct stack_memo *)((uintptr_t)memo ^ sizeof *memo);
}
static inline struct stack_memo_more *stack_memo_beside(const struct stack_memo *memo)
{
    return (struct stack_memo_more *)stack_memo_slot_beside(memo);
}

static inline bool stack_memo_is_there(uint64_t word, uintptr_t cfa)
{
    uintptr_t address = cfa + (word & ((1u << STACK_MEMO_WHERE_BITS) - 1)) * 8;
    return stack_memory_word(address) == word >> STACK_MEMO_WHERE_BITS;
}

/* From the innermost on, and no further than the first that has changed: see stack_memory.h. */
static inline bool stack_memo_are_there(const uint64_t *words, unsigned count, uintptr_t cfa)
{
    while (count-- > 0)
        if (!stack_memo_is_there(words[count], cfa))
            return false;
    return true;
}

/* The same for STACK_MEMO_WORDS at most. */
static inline __attribute__((always_inline)) bool stack_memo_few_are_there(const uint64_t *words,
                                                                           unsigned count,
                                                                           uintptr_t cfa)
{
    return (count < 3 || stack_memo_is_there(words[2], cfa)) &&
           (count < 2 || stack_memo_is_there(words[1], cfa)) &&
           (count < 1 || stack_memo_is_there(words[0], cfa));
}
_Static_assert(STACK_MEMO_WORDS == 3, "stack_memo_few_are_there");

static inline bool stack_memo_has_more_words(const struct stack_memo *memo)
{
    const struct stack_memo_more *more = stack_memo_beside(memo);
    unsigned capacity = stack_memo_capacity(memo);
    return more->return_address == 0 && more->owner == (uintptr_t)memo + 1 &&
           stack_memo_are_there(more->words, memo->words_count - capacity, memo->cfa) &&
           stack_memo_are_there(memo->words, capacity, memo->cfa);
}

static inline bool stack_memo_has_its_words(const struct stack_memo *memo)
{
    if (memo->has_more)
        return stack_memo_has_more_words(memo);
    return stack_memo_are_there(memo->words, memo->words_count, memo->cfa);
}

/* Whether it is the outermost frame that is not the memo's own, by where it lies. */
static inline bool stack_memo_is_on(const struct stack_memo *memo, const struct thread_frame *frame)
{
    return frame->node == memo->outside && frame->cfa == memo->cfa + memo->outer_cfa;
}

static inline bool stack_memo_has_outer_bp(const struct stack_memo *memo,
                                           const struct thread_frame *outer)
{
    return !memo->outer_bp_matters || outer->bp == memo->cfa + (uintptr_t)(intptr_t)memo->outer_bp;
}

/* Whether the thread's remembered stack still has the frames that the memo stands on, and they are
 * unchanged. */
static inline __attribute__((always_inline)) bool stack_memo_stands(const struct thread *thread,
                                                                    const struct stack_memo *memo)
{
    if (memo->frames == 0)
        return true;
    if (memo->frames > thread->walk.frame_count)
        return false;
    const struct thread_frame *outer = &thread->walk.frames[memo->frames - 1];
    return stack_memo_is_on(memo, outer) && stack_memo_has_outer_bp(memo, outer) &&
           stack_memory_unchanged(thread->walk.words, outer->words) == outer->words;
}

/* Of a memo that has more than words: a BP, or some in the slot beside it. */
bool stack_memo_holds_otherwise(const struct thread *thread, const struct stack_memo *memo,
                                const struct call_site *site);

static inline __attribute__((always_inline)) bool stack_memo_holds(const struct thread *thread,
                                                                   const struct stack_memo *memo,
                                                                   const struct call_site *site)
{
    if (!stack_memo_is_at(memo, site))
        return false;
    if (__builtin_expect(memo->is_more_than_words != 0, 0)) {
        struct call_site copy = *site; /* so that the call site itself stays in registers */
        return stack_memo_holds_otherwise(thread, memo, &copy);
    }
    return stack_memo_few_are_there(memo->words, memo->words_count, memo->cfa) &&
           stack_memo_stands(thread, memo);
}

/* The stack of a call, if it is in one of its own two slots and the same; NULL otherwise. */
static inline __attribute__((always_inline)) struct stack_memo *stack_memo_find_first(
    const struct thread *thread, const struct call_site *site)
{
    struct stack_memo *pair = stack_memo_pair(thread, site);
    if (__builtin_expect(stack_memo_holds(thread, &pair[0], site), 1))
        return &pair[0];
    return stack_memo_holds(thread, &pair[1], site) ? &pair[1] : NULL;
}

/* The same where the memo stands on a deep stack, in any slot. The usual way does not find those:
 * they stand on more frames than it knows of. */
struct stack_memo *stack_memo_find_deep(struct thread *thread, const struct call_site *site);

/* The stack of a call, if it is in any slot and the same; NULL otherwise. */
static inline struct stack_memo *stack_memo_find(struct thread *thread,
                                                 const struct call_site *site)
{
    struct stack_memo *memo = stack_memo_find_first(thread, site);
    if (memo)
        return memo;
    memo = stack_memo_third(thread, site);
    if (stack_memo_holds(thread, memo, site))
        return memo;
    for (unsigned i = 0; i < STACK_MEMO_GUESTS; i++)
        if (thread->memos.guests[i] == site->cfa &&
            stack_memo_holds(thread, stack_memo_guest(thread, i), site))
            return stack_memo_guest(thread, i);
    return thread->walk.frame_count > STACK_DEEP_FRAMES ? stack_memo_find_deep(thread, site) : NULL;
}

/* A memo that is found by nobody, for a stack that cannot be remembered; until the next one. */
struct stack_memo *stack_memo_spare(struct thread *thread, uint32_t node);
/* Where a stack that was not found is to be put: where it was looked for, with the remembered stack
 * of then. So where a few calls take turns, one after the other is found, and the remembered stack
 * stays as it is. */
struct stack_memo *stack_memo_slot(struct thread *thread, const struct call_site *site);
/* Fills a memo: `node` is the stack of the call, which the thread remembers as its last by now;
 * `matched` frames of that were met and not walked, `base` is outside all. false: it cannot be
 * remembered. */
bool stack_memo_put(struct stack_memo *memo, struct thread *thread, const struct call_site *site,
                    uint32_t node, uint32_t matched, uint32_t base);
/* Forgets the stack of a call, so that it is walked again. */
void stack_memo_drop(struct thread *thread, const struct call_site *site);
/* Forgets all of a thread's stacks. false: it has no memory for any. */
bool stack_memo_clear(struct thread *thread);

#endif
