#include "capture/walk.h"

#include "capture/epilogue.h"
#include "capture/frame_cache.h"
#include "capture/stack_deep.h"
#include "capture/stack_memory.h"
#include "capture/stepper.h"
#include "os/pages.h"
#include "trace_format.h"

#include <string.h>

#define FIRST_FRAMES 256u
#define WORDS_PER_FRAME                                                                            \
    2u /* where its return address was read from, and its BP; the innermost has no                 \
        * BP, so there is space for the end */

static struct {
    atomic_uint_least64_t frames_stepped;
    atomic_uint_least64_t stacks_walked;
} counts;

/* --- the thread's frames ------------------------------------------------- */

/* Of one piece of memory: capacity frames, as many fresh ones, and their words. */
static size_t bytes_for(uint32_t capacity)
{
    return (size_t)capacity *
           (2 * sizeof(struct thread_frame) + WORDS_PER_FRAME * sizeof(struct stack_word));
}

static __attribute__((noinline, cold)) bool more_frames(struct thread *thread)
{
    struct thread old = *thread;
    uint32_t capacity = old.walk.capacity ? old.walk.capacity * 2 : FIRST_FRAMES;
    /* Old pieces stay mapped: less than the newest, all together. */
    struct thread_frame *memory =
        capacity <= WALK_DEPTH_LIMIT * 2 ? pages_map(bytes_for(capacity)) : NULL;
    if (!memory)
        return false;
    thread->walk.frames = memory;
    thread->walk.fresh = memory + capacity;
    thread->walk.words = (struct stack_word *)(memory + 2 * (size_t)capacity);
    if (old.walk.capacity) {
        memcpy(thread->walk.frames, old.walk.frames,
               old.walk.frame_count * sizeof *old.walk.frames);
        memcpy(thread->walk.fresh, old.walk.fresh, old.walk.capacity * sizeof *old.walk.fresh);
        memcpy(thread->walk.words, old.walk.words,
               (size_t)old.walk.capacity * WORDS_PER_FRAME * sizeof *old.walk.words);
    }
    thread->walk.capacity = capacity;
    return true;
}

/* Space for the frame under way, fresh[fresh_count], and for its caller. */
static inline bool has_space(const struct walk *walk)
{
    return __builtin_expect(walk->fresh_count + 2 <= walk->thread->walk.capacity, 1) ||
           more_frames(walk->thread);
}

/* The words that frames[0 … count - 1] were read from, and the one that says that there are no
 * more.
 */
static inline uint32_t words_of(const struct thread *thread, uint32_t count)
{
    return count ? thread->walk.frames[count - 1].words : thread->walk.end_words;
}

/* A word that no stack is made of, for frames that comparing words cannot verify. */
static const uintptr_t never = 0;

static inline uint32_t put_words(struct thread *thread, uint32_t count,
                                 const struct thread_frame *frame)
{
    if (__builtin_expect(frame->opaque, 0))
        thread->walk.words[count++] = (struct stack_word){(uintptr_t)&never, 1};
    else
        thread->walk.words[count++] = (struct stack_word){frame->cfa - 8, frame->return_address};
    if (frame->bp_matters && frame->bp_slot)
        thread->walk.words[count++] = (struct stack_word){frame->bp_slot, frame->bp};
    return count;
}

/* Frames are put from the outermost on: whether a BP matters is known from outside. */
static inline void put_frame(struct thread *thread, uint32_t index,
                             const struct thread_frame *frame)
{
    struct thread_frame *here = &thread->walk.frames[index];
    *here = *frame;
    here->bp_matters = frame->by_bp || (index > 0 && here[-1].bp_slot == 0 && here[-1].bp_matters);
    here->words = put_words(thread, words_of(thread, index), here);
}

bool walk_remember(struct walk *walk)
{
    struct thread *thread = walk->thread;
    if (walk->matched + walk->fresh_count == 0) /* no memory for a single frame */
        return false;
    while (walk->matched + walk->fresh_count > thread->walk.capacity)
        if (!more_frames(thread))
            return false;
    uint32_t index = walk->matched;
    if (index == 0) {
        thread->walk.end_words = walk->end_slot != 0;
        thread->walk.words[0] = (struct stack_word){walk->end_slot, 0};
    } else {
        /* The frame where old and new meet was reached by another way now. */
        struct thread_frame met = thread->walk.fresh[walk->fresh_count];
        met.node = thread->walk.frames[index - 1].node;
        met.by_bp = thread->walk.frames[index - 1].by_bp;
        put_frame(thread, index - 1, &met);
    }
    for (uint32_t i = walk->fresh_count; i-- > 0;)
        put_frame(thread, index++, &thread->walk.fresh[i]);
    thread->walk.frame_count = index;
    stack_deep_is_known(thread);
    return true;
}

/* --- meeting the previous stack ------------------------------------------ */

static inline bool is_same(const struct thread_frame *remembered, const struct thread_frame *frame)
{
    return remembered->return_address == frame->return_address && remembered->cfa == frame->cfa &&
           (!remembered->bp_matters || remembered->bp == frame->bp);
}

/* The remembered frames first - 1 … last are unchanged: they become fresh, with the BP that they
 * have now, and the walk goes on from the last. */
static bool go_on_from(struct walk *walk, uint32_t first, uint32_t last)
{
    struct thread *thread = walk->thread;
    for (uint32_t i = first; i-- > last;) {
        uintptr_t bp = thread->walk.fresh[walk->fresh_count++].bp;
        if (!has_space(walk))
            return false;
        struct thread_frame *frame = &thread->walk.fresh[walk->fresh_count];
        *frame = thread->walk.frames[i];
        frame->bp = frame->bp_slot ? stack_memory_word(frame->bp_slot) : bp;
    }
    walk->candidates = last;
    return true;
}

enum meeting { MEETING_NONE, MEETING_ALL, MEETING_NO_ROOM };

/* The frame under way is remembered as frames[first]. Are all outside it unchanged? */
static enum meeting compare_outer(struct walk *walk, uint32_t first)
{
    struct thread *thread = walk->thread;
    uint32_t count = words_of(thread, first);
    uint32_t changed = __builtin_expect(first < STACK_DEEP_FRAMES, 1)
                           ? stack_memory_unchanged(thread->walk.words, count)
                           : stack_deep_unchanged(thread, first);
    if (changed == count) {
        walk->matched = first + 1;
        return MEETING_ALL;
    }
    uint32_t last = first;
    while (last > 0 && words_of(thread, last - 1) > changed)
        last--;
    return go_on_from(walk, first, last) ? MEETING_NONE : MEETING_NO_ROOM;
}

static inline enum meeting meet_previous(struct walk *walk)
{
    const struct thread *thread = walk->thread;
    const struct thread_frame *frame = &thread->walk.fresh[walk->fresh_count];
    uint32_t candidates = walk->candidates;
    while (candidates > 0 && thread->walk.frames[candidates - 1].cfa < frame->cfa)
        candidates--;
    walk->candidates = candidates;
    if (candidates == 0 || !is_same(&thread->walk.frames[candidates - 1], frame))
        return MEETING_NONE;
    return compare_outer(walk, candidates - 1);
}

/* --- one frame outward --------------------------------------------------- */

enum step {
    STEP_ON,
    STEP_OUTERMOST, /* the return address says so */
    STEP_NO_CALLER, /* the word where the next one would be says so: it is 0 */
    STEP_CUT,
    STEP_WALK
};

static __attribute__((noinline, cold)) enum step step_slowly(const struct thread_frame *inner,
                                                             struct thread_frame *caller)
{
    struct stepper_frame frame = {inner->return_address, inner->cfa, inner->bp, 0};
    struct stepper_frame outer;
    atomic_fetch_add_explicit(&counts.frames_stepped, 1, memory_order_relaxed);
    switch (stepper_step(&frame, &outer)) {
    case STEPPER_OUTERMOST:
        return STEP_OUTERMOST;
    case STEPPER_NONE:
        return STEP_WALK;
    default:
        if (outer.ip == 0)
            return STEP_OUTERMOST;
        if (outer.sp <= frame.sp)
            return STEP_WALK;
        *caller = (struct thread_frame){
            .return_address = outer.ip, .cfa = outer.sp, .bp = outer.bp, .opaque = true};
        return STEP_ON;
    }
}

static inline enum step step_by_rule(struct thread *thread, struct thread_frame *inner,
                                     struct thread_frame *caller, struct frame_rule rule)
{
    inner->by_bp = rule.kind != FRAME_BY_SP;
    uintptr_t cfa = (inner->by_bp ? inner->bp : inner->cfa) + (uintptr_t)(intptr_t)rule.cfa_offset;
    /* A caller's frame lies outward. What does not is a stack smashed, or switched. */
    if (__builtin_expect(
            cfa <= inner->cfa || cfa % 8 != 0 || !stack_memory_is_readable(thread, cfa - 8), 0))
        return STEP_WALK;
    uintptr_t bp = inner->bp;
    uintptr_t bp_slot = 0;
    if (rule.bp_offset) {
        bp_slot = cfa - rule.bp_offset;
        if (__builtin_expect(!stack_memory_is_readable(thread, bp_slot), 0))
            return STEP_WALK;
        bp = stack_memory_word(bp_slot);
    }
    caller->return_address = stack_memory_word(cfa - 8);
    caller->cfa = cfa;
    caller->bp = bp;
    caller->bp_slot = bp_slot;
    caller->by_bp = caller->opaque = false;
    return __builtin_expect(caller->return_address == 0, 0) ? STEP_NO_CALLER : STEP_ON;
}

/* What follows the call says it surely; a frame pointer, where it is kept, may be the caller's. */
static enum step step_by_guess(struct thread *thread, struct thread_frame *inner,
                               struct thread_frame *caller, struct frame_rule guess)
{
    struct frame_rule rule = epilogue_rule(inner->return_address);
    bool is_sure = rule.kind != FRAME_UNKNOWN;
    inner->by_bp = true;
    if (!is_sure && inner->bp == 0)
        return STEP_OUTERMOST;
    if (!is_sure && inner->bp - inner->cfa > FRAME_GUESS_REACH)
        return STEP_CUT;
    enum step result = step_by_rule(thread, inner, caller, is_sure ? rule : guess);
    return result == STEP_WALK ? STEP_CUT : result;
}

static inline enum step step(struct thread *thread, struct thread_frame *inner,
                             struct thread_frame *caller)
{
    struct frame_rule rule = frame_rule_unpack(frame_cache_find(inner->return_address));
    switch (rule.kind) {
    case FRAME_BY_SP:
    case FRAME_BY_BP:
        return step_by_rule(thread, inner, caller, rule);
    case FRAME_GUESSED:
        return step_by_guess(thread, inner, caller, rule);
    case FRAME_OUTERMOST:
        return STEP_OUTERMOST;
    case FRAME_STEPPED:
        return step_slowly(inner, caller);
    default:
        return STEP_WALK;
    }
}

/* --- the walk ------------------------------------------------------------ */

static struct thread_frame innermost(const struct call_site *site)
{
    return (struct thread_frame){
        .return_address = site->return_address, .cfa = site->cfa, .bp = site->bp};
}

/* From the frame under way outward. false: cut short. */
static bool walk_on(struct walk *walk)
{
    struct thread *thread = walk->thread;
    for (;;) {
        enum meeting meeting = meet_previous(walk);
        if (meeting != MEETING_NONE)
            return meeting == MEETING_ALL;
        walk->fresh_count++;
        if (!has_space(walk))
            return false;
        struct thread_frame *caller = &thread->walk.fresh[walk->fresh_count];
        switch (step(thread, caller - 1, caller)) {
        case STEP_ON:
            continue;
        case STEP_NO_CALLER:
            walk->end_slot = caller->cfa - 8;
            return true;
        case STEP_OUTERMOST:
            return true;
        case STEP_WALK:
            walk->whole = true;
            return true;
        default:
            return false;
        }
    }
}

void walk_stack(struct walk *walk, const struct call_site *site)
{
    struct thread *thread = walk->thread;
    walk->candidates = thread->walk.frame_count;
    if (has_space(walk)) {
        thread->walk.fresh[0] = innermost(site);
        if (walk_on(walk))
            return;
    }
    walk->base = TRACE_NODE_CUT;
}

static bool push_address(void *context, uintptr_t address)
{
    struct walk *walk = context;
    if (!has_space(walk))
        return false;
    walk->thread->walk.fresh[walk->fresh_count++] =
        (struct thread_frame){.return_address = address, .opaque = true};
    return true;
}

void walk_by_libunwind(struct walk *walk, const struct call_site *site)
{
    atomic_fetch_add_explicit(&counts.stacks_walked, 1, memory_order_relaxed);
    walk->fresh_count = 0;
    walk->matched = 0;
    walk->base =
        stepper_walk(site->return_address, push_address, walk) ? TRACE_NODE_END : TRACE_NODE_CUT;
    if (walk->fresh_count == 0)
        push_address(walk, site->return_address);
}

bool walk_is_inside(struct thread *thread, const struct call_site *inner,
                    const struct call_site *outer, unsigned frames,
                    bool (*is_apart)(uintptr_t return_address))
{
    struct thread_frame frame = innermost(inner);
    struct thread_frame caller = frame;
    for (unsigned i = 0; i < frames && frame.cfa <= outer->cfa; i++) {
        if (frame.cfa == outer->cfa)
            return frame.return_address == outer->return_address;
        if (is_apart(frame.return_address))
            return false;
        if (step(thread, &frame, &caller) != STEP_ON)
            return false;
        frame = caller;
    }
    return false;
}

void walk_count(struct walk_counts *result)
{
    result->frames_stepped = atomic_load_explicit(&counts.frames_stepped, memory_order_relaxed);
    result->stacks_walked = atomic_load_explicit(&counts.stacks_walked, memory_order_relaxed);
}
