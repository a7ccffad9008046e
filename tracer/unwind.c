#include "unwind.h"

#include "frame_cache.h"
#include "message.h"
#include "pages.h"
#include "stack_table.h"
#include "stepper.h"
#include "sys.h"
#include "trace_log.h"

#include <errno.h>
#include <string.h>

#define FIRST_FRAMES 256u
#define PROBE_PAGES  16u /* pages asked for at once when the readable range is extended */

static struct {
    atomic_uint_least64_t captures_compared;
    atomic_uint_least64_t captures_different;
    atomic_uint_least64_t frames_stepped;
    atomic_uint_least64_t stacks_walked;
} counts;
static bool verifying;
static atomic_uint code_epoch; /* goes up with every unloading of code */

/* --- what may be read ---------------------------------------------------- */

/* How many pages from `address` on can be read. The kernel copies a byte of each for us, or fails.
 */
static size_t readable_pages(uintptr_t address, size_t pages)
{
    char bytes[PROBE_PAGES];
    struct iovec local = {bytes, pages};
    struct iovec remote[PROBE_PAGES];
    for (size_t i = 0; i < pages; i++)
        remote[i] = (struct iovec){(void *)(address + i * SYS_PAGE), 1};
    long copied = sys_process_vm_readv((int)sys_getpid(), &local, 1, remote, pages);
    if (copied >= 0 || copied == -EFAULT)
        return copied > 0 ? (size_t)copied : 0;
    /* Not allowed here (a sandbox): whether memory is mapped is the next best answer. */
    size_t mapped = 0;
    unsigned char residency;
    while (mapped < pages && sys_call(SYS_mincore, (long)(address + mapped * SYS_PAGE), SYS_PAGE,
                                      (long)&residency, 0, 0, 0) == 0)
        mapped++;
    return mapped;
}

/* Extends the thread's readable range so that it holds `address`, or begins a new range there. */
static __attribute__((noinline, cold)) bool make_readable(struct thread *thread, uintptr_t address)
{
    uintptr_t page = address & ~(uintptr_t)(SYS_PAGE - 1);
    uintptr_t low = thread->readable_low;
    uintptr_t high = thread->readable_high;
    if (page < low && low - page <= PROBE_PAGES * SYS_PAGE) {
        size_t pages = (low - page) / SYS_PAGE;
        if (readable_pages(page, pages) == pages) {
            thread->readable_low = page;
            return true;
        }
    }
    if (page < high || page - high >= PROBE_PAGES * SYS_PAGE || low == high)
        low = high = page;
    size_t pages = readable_pages(high, PROBE_PAGES);
    if (high + pages * SYS_PAGE <= address)
        return false;
    thread->readable_low = low;
    thread->readable_high = high + pages * SYS_PAGE;
    return true;
}

static inline bool is_readable(struct thread *thread, uintptr_t address)
{
    if (__builtin_expect(
            address - thread->readable_low < thread->readable_high - thread->readable_low, 1))
        return true;
    return make_readable(thread, address);
}

/* The tracer reads the program's stack on purpose; sanitizers need not watch. */
static inline uintptr_t stack_word(uintptr_t address)
{
    return *(const volatile uintptr_t *)address;
}

/* --- the thread's frames ------------------------------------------------- */

static __attribute__((noinline, cold)) bool more_frames(struct thread *thread)
{
    uint32_t capacity = thread->frame_capacity ? thread->frame_capacity * 2 : FIRST_FRAMES;
    if (capacity > UNWIND_DEPTH_LIMIT * 2)
        return false;
    /* frames and fresh share one piece: capacity of each. Old pieces stay mapped (half of it at
     * most). */
    struct thread_frame *memory = pages_map((size_t)capacity * 2 * sizeof *memory);
    if (!memory)
        return false;
    if (thread->frame_capacity) {
        memcpy(memory, thread->frames, thread->frame_count * sizeof *memory);
        memcpy(memory + capacity, thread->fresh, thread->frame_capacity * sizeof *memory);
    }
    thread->frames = memory;
    thread->fresh = memory + capacity;
    thread->frame_capacity = capacity;
    return true;
}

/* A walk under way. */
struct walk {
    struct thread *thread;
    struct thread_frame at; /* the frame to go on from */
    uint32_t fresh_count;
    uint32_t candidates; /* remembered frames that may still be met: frames[0 … candidates - 1] */
    uint32_t matched;    /* remembered frames that are unchanged: frames[0 … matched - 1] */
    uint32_t base;       /* the node outside all frames: TRACE_NODE_END or TRACE_NODE_CUT */
    bool whole;          /* libunwind has to walk this stack */
};

static bool push_fresh(struct walk *walk, const struct thread_frame *frame)
{
    struct thread *thread = walk->thread;
    if (__builtin_expect(walk->fresh_count + 1 >= thread->frame_capacity, 0) &&
        !more_frames(thread))
        return false;
    thread->fresh[walk->fresh_count++] = *frame;
    return true;
}

static inline bool same_frame(const struct thread_frame *a, const struct thread_frame *b)
{
    return a->return_address == b->return_address && a->cfa == b->cfa && a->bp == b->bp;
}

static inline bool is_unchanged(const struct thread_frame *frame)
{
    return !frame->opaque && stack_word(frame->cfa - 8) == frame->return_address &&
           (frame->bp_slot == 0 || stack_word(frame->bp_slot) == frame->bp);
}

/* The frame under way is remembered as frames[first]. Compares the frames outside it; true if all
 * are unchanged. Otherwise the unchanged ones become fresh, and the walk goes on from the last. */
static bool match_outer(struct walk *walk, uint32_t first)
{
    const struct thread_frame *frames = walk->thread->frames;
    uint32_t index = first;
    while (index > 0 && is_unchanged(&frames[index - 1]))
        index--;
    if (index == 0) {
        walk->matched = first + 1;
        return true;
    }
    for (uint32_t i = first; i > index; i--)
        if (!push_fresh(walk, &walk->thread->frames[i]))
            return false;
    walk->at = walk->thread->frames[index];
    walk->candidates = index;
    return false;
}

static inline bool meet_previous(struct walk *walk)
{
    const struct thread_frame *frames = walk->thread->frames;
    while (walk->candidates > 0 && frames[walk->candidates - 1].cfa < walk->at.cfa)
        walk->candidates--;
    return walk->candidates > 0 && same_frame(&frames[walk->candidates - 1], &walk->at) &&
           match_outer(walk, walk->candidates - 1);
}

enum step { STEP_ON, STEP_OUTERMOST, STEP_CUT, STEP_WALK };

/* One frame outward by libunwind. */
static __attribute__((noinline, cold)) enum step step_slowly(struct walk *walk)
{
    struct stepper_frame frame = {walk->at.return_address, walk->at.cfa, walk->at.bp, 0};
    struct stepper_frame caller;
    atomic_fetch_add_explicit(&counts.frames_stepped, 1, memory_order_relaxed);
    switch (stepper_step(&frame, &caller)) {
    case STEPPER_OUTERMOST:
        return STEP_OUTERMOST;
    case STEPPER_NONE:
        return STEP_WALK;
    default:
        if (caller.ip == 0)
            return STEP_OUTERMOST;
        if (caller.sp <= frame.sp)
            return STEP_WALK;
        walk->at = (struct thread_frame){caller.ip, caller.sp, caller.bp, 0, 0, 1};
        return STEP_ON;
    }
}

static inline enum step step_by_rule(struct walk *walk, struct frame_rule rule)
{
    struct thread_frame *at = &walk->at;
    uintptr_t cfa =
        (rule.kind == FRAME_BY_SP ? at->cfa : at->bp) + (uintptr_t)(intptr_t)rule.cfa_offset;
    /* A caller's frame lies outward. What does not is a stack smashed, or switched. */
    if (__builtin_expect(cfa <= at->cfa || cfa % 8 != 0 || !is_readable(walk->thread, cfa - 8), 0))
        return STEP_WALK;
    uintptr_t bp = at->bp;
    uintptr_t bp_slot = 0;
    if (rule.bp_offset) {
        bp_slot = cfa - rule.bp_offset;
        if (__builtin_expect(!is_readable(walk->thread, bp_slot), 0))
            return STEP_WALK;
        bp = stack_word(bp_slot);
    }
    uintptr_t return_address = stack_word(cfa - 8);
    if (__builtin_expect(return_address == 0, 0))
        return STEP_OUTERMOST;
    *at = (struct thread_frame){return_address, cfa, bp, bp_slot, 0, 0};
    return STEP_ON;
}

static enum step step_by_guess(struct walk *walk, struct frame_rule rule)
{
    if (walk->at.bp == 0)
        return STEP_OUTERMOST;
    if (walk->at.bp - walk->at.cfa > FRAME_GUESS_REACH)
        return STEP_CUT;
    enum step result = step_by_rule(walk, rule);
    return result == STEP_WALK ? STEP_CUT : result;
}

static inline enum step step(struct walk *walk)
{
    struct frame_rule rule = frame_rule_unpack(frame_cache_find(walk->at.return_address));
    switch (rule.kind) {
    case FRAME_BY_SP:
    case FRAME_BY_BP:
        return step_by_rule(walk, rule);
    case FRAME_GUESSED:
        return step_by_guess(walk, rule);
    case FRAME_OUTERMOST:
        return STEP_OUTERMOST;
    case FRAME_STEPPED:
        return step_slowly(walk);
    default:
        return STEP_WALK;
    }
}

/* Fills thread->fresh with the frames that are not the same as last time. */
static void walk_stack(struct walk *walk)
{
    for (;;) {
        if (meet_previous(walk))
            return;
        if (!push_fresh(walk, &walk->at))
            break;
        switch (step(walk)) {
        case STEP_ON:
            continue;
        case STEP_OUTERMOST:
            return;
        case STEP_WALK:
            walk->whole = true;
            return;
        default:
            break;
        }
        break;
    }
    walk->base = TRACE_NODE_CUT;
}

/* --- whole walks by libunwind -------------------------------------------- */

static bool push_address(void *context, uintptr_t address)
{
    struct thread_frame frame = {.return_address = address, .opaque = 1};
    return push_fresh(context, &frame);
}

static __attribute__((noinline, cold)) void walk_whole(struct walk *walk,
                                                       const struct call_site *site)
{
    atomic_fetch_add_explicit(&counts.stacks_walked, 1, memory_order_relaxed);
    walk->fresh_count = 0;
    walk->matched = 0;
    walk->base =
        stepper_walk(site->return_address, push_address, walk) ? TRACE_NODE_END : TRACE_NODE_CUT;
    if (walk->fresh_count == 0)
        push_address(walk, site->return_address);
}

/* --- capture ------------------------------------------------------------- */

/* The fresh part of a stack (the frames that the previous capture did not have, and the allocation
 * function) is looked up as a whole: its hash leads to the node that it had last time, and the way
 * from there outward shows whether it is the same. Those nodes were made in a row and lie in a row,
 * so this costs one far cache line or two where frame by frame it would be two for each. */
#define SUFFIXES_LOG2 15u
static atomic_uint_least64_t *suffixes; /* upper half of the hash · innermost node */

static uint64_t hash_suffix(const struct walk *walk, uint32_t outside, uintptr_t function)
{
    uint64_t hash = outside ^ function << 20;
    for (uint32_t i = 0; i < walk->fresh_count; i++)
        hash = (hash ^ hash >> 29 ^ walk->thread->fresh[i].return_address) * 0x9e3779b97f4a7c15u;
    return hash ^ hash >> 32;
}

/* Whether `node` is the fresh part inside `outside`; gives the fresh frames their nodes. */
static bool is_suffix(const struct walk *walk, uint32_t node, uint32_t outside, uintptr_t function)
{
    uintptr_t address;
    uint32_t parent = stack_table_read(node, &address);
    if (address != function + 1)
        return false;
    for (uint32_t i = 0; i < walk->fresh_count; i++) {
        struct thread_frame *frame = &walk->thread->fresh[i];
        if (parent <= TRACE_NODE_CUT)
            return false;
        frame->node = parent;
        parent = stack_table_read(parent, &address);
        if (address != frame->return_address)
            return false;
    }
    return parent == outside;
}

static __attribute__((noinline)) uint32_t intern_each(struct walk *walk, uint32_t outside,
                                                      uintptr_t function)
{
    uint32_t node = outside;
    for (uint32_t i = walk->fresh_count; i-- > 0;) {
        struct thread_frame *frame = &walk->thread->fresh[i];
        frame->node = node = stack_table_intern(node, frame->return_address, true);
        if (node == 0)
            return 0;
    }
    return function ? stack_table_intern(node, function + 1, true) : node;
}

static inline uint32_t intern_suffix(struct walk *walk, uint32_t outside, uintptr_t function)
{
    uint64_t hash = hash_suffix(walk, outside, function);
    atomic_uint_least64_t *place = &suffixes[hash & ((1u << SUFFIXES_LOG2) - 1)];
    uint64_t there = atomic_load_explicit(place, memory_order_acquire);
    uint32_t node = (uint32_t)there;
    if (there >> 32 == hash >> 32 && node && is_suffix(walk, node, outside, function))
        return node;
    node = intern_each(walk, outside, function);
    if (node && function)
        atomic_store_explicit(place, (hash >> 32) << 32 | node, memory_order_release);
    return node;
}

/* Makes the fresh frames the thread's remembered ones. */
static bool remember_fresh(struct walk *walk)
{
    struct thread *thread = walk->thread;
    while (walk->matched + walk->fresh_count > thread->frame_capacity)
        if (!more_frames(thread))
            return false;
    uint32_t place = walk->matched;
    for (uint32_t i = walk->fresh_count; i-- > 0;)
        thread->frames[place++] = thread->fresh[i];
    thread->frame_count = place;
    return true;
}

static uint32_t capture_frames(struct thread *thread, const struct call_site *site)
{
    struct walk walk = {.thread = thread,
                        .at = {site->return_address, site->cfa, site->bp, 0, 0, 0},
                        .candidates = thread->frame_count};
    walk_stack(&walk);
    if (__builtin_expect(walk.whole, 0))
        walk_whole(&walk, site);
    if (__builtin_expect(walk.base == TRACE_NODE_CUT, 0))
        trace_log_lose(&trace_log_header->losses.stacks_cut, 1);
    uint32_t outside = walk.matched ? thread->frames[walk.matched - 1].node : walk.base;
    uint32_t node = intern_suffix(&walk, outside, site->function);
    /* What libunwind walked has no frame registers to compare with next time. */
    if (__builtin_expect(walk.whole || node == 0 || !remember_fresh(&walk), 0))
        thread->frame_count = 0;
    return node;
}

static __attribute__((noinline, cold)) void verify(const struct call_site *site, uint32_t stack);

void unwind_forget(void)
{
    for (size_t i = 0; i < 1u << SUFFIXES_LOG2; i++)
        atomic_store_explicit(&suffixes[i], 0, memory_order_relaxed);
    atomic_fetch_add_explicit(&code_epoch, 1, memory_order_release);
}

static __attribute__((noinline, cold)) void begin_epoch(struct thread *thread, uint32_t epoch)
{
    thread->code_epoch = epoch;
    thread->frame_count = 0;
}

uint32_t unwind_capture(struct thread *thread, const struct call_site *site)
{
    uint32_t epoch = atomic_load_explicit(&code_epoch, memory_order_acquire);
    if (__builtin_expect(thread->code_epoch != epoch, 0))
        begin_epoch(thread, epoch);
    uint32_t stack = capture_frames(thread, site);
    if (__builtin_expect(verifying, 0) && stack)
        verify(site, stack);
    return stack;
}

bool unwind_begin(void)
{
    suffixes = pages_map(sizeof *suffixes << SUFFIXES_LOG2);
    return suffixes != NULL;
}

bool unwind_is_inside(struct thread *thread, const struct call_site *inner,
                      const struct call_site *outer, unsigned frames)
{
    struct walk walk = {.thread = thread,
                        .at = {inner->return_address, inner->cfa, inner->bp, 0, 0, 0}};
    for (unsigned i = 0; i < frames && walk.at.cfa <= outer->cfa; i++) {
        if (walk.at.cfa == outer->cfa)
            return walk.at.return_address == outer->return_address;
        if (step(&walk) != STEP_ON)
            return false;
    }
    return false;
}

/* --- the check against libunwind's own answer ---------------------------- */

#define VERIFY_DEPTH 4096

void unwind_verify(bool on)
{
    verifying = on;
}

static void say_difference(const struct call_site *site, uint32_t stack, void *const *expected,
                           int count)
{
    static atomic_uint said;
    if (atomic_fetch_add_explicit(&said, 1, memory_order_relaxed) >= 2)
        return;
    message_line("libtrace: a stack differs from unw_backtrace's (return address 0x%x):",
                 (uint64_t)site->return_address);
    for (int i = 0; i < count || stack > TRACE_NODE_CUT; i++) {
        uintptr_t ours = 0;
        stack = stack > TRACE_NODE_CUT ? stack_table_read(stack, &ours) : 0;
        uint64_t theirs = i < count ? (uint64_t)(uintptr_t)expected[i] : 0;
        message_line("  0x%x  0x%x%s", (uint64_t)ours, theirs, ours == theirs ? "" : "  <--");
    }
}

static void verify(const struct call_site *site, uint32_t stack)
{
    static _Thread_local void **buffer __attribute__((tls_model("initial-exec")));
    if (!buffer)
        buffer = pages_map(VERIFY_DEPTH * sizeof *buffer);
    if (!buffer)
        return;
    int count = stepper_backtrace(buffer, VERIFY_DEPTH);
    int first = 0;
    while (first < count && (uintptr_t)buffer[first] != site->return_address)
        first++;
    uintptr_t innermost;
    uint32_t node = site->function ? stack_table_read(stack, &innermost) : stack;
    bool same = first < count;
    for (int i = first; same && i < count; i++) {
        uintptr_t ours = 0;
        node = node > TRACE_NODE_CUT ? stack_table_read(node, &ours) : 0;
        /* An interrupted instruction stands one further on in our stacks. */
        same = ours == (uintptr_t)buffer[i] || ours == (uintptr_t)buffer[i] + 1;
    }
    if (count < VERIFY_DEPTH && node > TRACE_NODE_CUT)
        same = false;
    atomic_fetch_add_explicit(&counts.captures_compared, 1, memory_order_relaxed);
    if (same)
        return;
    atomic_fetch_add_explicit(&counts.captures_different, 1, memory_order_relaxed);
    say_difference(site, site->function ? stack_table_read(stack, &innermost) : stack,
                   buffer + first, count - first);
}

void unwind_count(struct unwind_counts *result)
{
    result->captures_compared =
        atomic_load_explicit(&counts.captures_compared, memory_order_relaxed);
    result->captures_different =
        atomic_load_explicit(&counts.captures_different, memory_order_relaxed);
    result->frames_stepped = atomic_load_explicit(&counts.frames_stepped, memory_order_relaxed);
    result->stacks_walked = atomic_load_explicit(&counts.stacks_walked, memory_order_relaxed);
}
