#include "capture/unwind.h"

#include "capture/epilogue.h"
#include "capture/frame_cache.h"
#include "capture/stepper.h"
#include "capture/walk.h"
#include "log/trace_log.h"
#include "os/message.h"
#include "os/pages.h"
#include "tables/stack_table.h"

static struct {
    atomic_uint_least64_t captures_compared;
    atomic_uint_least64_t captures_different;
} counts;
static bool verifying;
static atomic_uint code_epoch; /* goes up with every unloading of code */
atomic_uint unwind_quick_epoch;

/* --- the check against libunwind's own answer ---------------------------- */

#define VERIFY_DEPTH 4096

/* No thread's while all captures are to be compared. */
static void set_quick_epoch(void)
{
    uint32_t epoch = atomic_load_explicit(&code_epoch, memory_order_relaxed);
    atomic_store_explicit(&unwind_quick_epoch, verifying ? UINT32_MAX - 1 : epoch,
                          memory_order_release);
}

void unwind_verify(bool on)
{
    verifying = on;
    set_quick_epoch();
}

/* An interrupted instruction stands one further on in our stacks; libunwind before 1.4 tells the
 * last byte of each call instead of the address to return to. */
static bool is_same_frame(uintptr_t ours, const void *theirs)
{
    return ours - (uintptr_t)theirs <= 1;
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
        const void *theirs = i < count ? expected[i] : NULL;
        message_line("  0x%x  0x%x%s", (uint64_t)ours, (uint64_t)(uintptr_t)theirs,
                     is_same_frame(ours, theirs) ? "" : "  <--");
    }
}

/* Where nothing describes the code libunwind takes any word for a frame pointer, also one that is
 * not aligned, and what lies behind it for a return address. There our stack is cut. */
static bool is_no_address(uint32_t node, uintptr_t theirs)
{
    return node == TRACE_NODE_CUT && theirs >> 47;
}

/* unw_backtrace ends where it finds a return address in the first pages, unw_step goes on, and so
 * do we: behind what V8 has there, in code that nothing describes, its callers stand. */
static bool ends_for_libunwind(uint32_t node)
{
    uintptr_t next = 0;
    stack_table_read(node, &next);
    return next < 0x4000;
}

/* From such a frame on libunwind guesses, and we know. */
static bool is_known_better(uintptr_t ours)
{
    return frame_rule_unpack(frame_cache_find(ours)).kind == FRAME_GUESSED &&
           epilogue_rule(ours).kind != FRAME_UNKNOWN;
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
    while (first < count && !is_same_frame(site->return_address, buffer[first]))
        first++;
    uintptr_t innermost;
    uint32_t node = site->function ? stack_table_read(stack, &innermost) : stack;
    bool same = first < count;
    for (int i = first; same && i < count; i++) {
        uintptr_t ours = 0;
        if (is_no_address(node, (uintptr_t)buffer[i]))
            break;
        node = node > TRACE_NODE_CUT ? stack_table_read(node, &ours) : 0;
        same = is_same_frame(ours, buffer[i]);
        if (same && is_known_better(ours)) {
            node = 0;
            break;
        }
    }
    if (count < VERIFY_DEPTH && node > TRACE_NODE_CUT && !ends_for_libunwind(node))
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
    struct walk_counts walks;
    walk_count(&walks);
    result->captures_compared =
        atomic_load_explicit(&counts.captures_compared, memory_order_relaxed);
    result->captures_different =
        atomic_load_explicit(&counts.captures_different, memory_order_relaxed);
    result->frames_stepped = walks.frames_stepped;
    result->stacks_walked = walks.stacks_walked;
}

/* --- capture ------------------------------------------------------------- */

/* The node of the walk's stack, in which `function` was called; the fresh frames get theirs, from
 * the outermost on. 0: no space. */
static uint32_t intern(const struct walk *walk, uintptr_t function)
{
    struct thread *thread = walk->thread;
    uint32_t node = walk->matched ? thread->walk.frames[walk->matched - 1].node : walk->base;
    for (uint32_t i = walk->fresh_count; i-- > 0;) {
        struct thread_frame *frame = &thread->walk.fresh[i];
        frame->node = node = stack_table_intern(node, frame->return_address, true);
        if (__builtin_expect(node == 0, 0))
            return 0;
    }
    return function ? stack_table_intern(node, function + 1, true) : node;
}

/* The stack by a walk, remembered for the next one, in a memo too if that can be. */
static __attribute__((noinline)) struct stack_memo *capture_anew(struct thread *thread,
                                                                 const struct call_site *site)
{
    struct walk walk = {.thread = thread};
    struct stack_memo *memo = stack_memo_slot(thread, site);
    walk_stack(&walk, site);
    if (__builtin_expect(walk.whole, 0))
        walk_by_libunwind(&walk, site);
    if (__builtin_expect(walk.base == TRACE_NODE_CUT, 0))
        trace_log_lose(&trace_log_header->losses.stacks_cut, 1);
    uint32_t node = intern(&walk, site->function);
    /* What libunwind walked has no frame registers to compare with next time. */
    bool remembered = !walk.whole && node != 0 && walk_remember(&walk);
    if (!remembered)
        thread->walk.frame_count = 0;
    if (!remembered || !stack_memo_put(memo, thread, site, node, walk.matched, walk.base))
        memo = stack_memo_spare(thread, node);
    return node ? memo : NULL;
}

static __attribute__((noinline, cold)) bool begin_epoch(struct thread *thread, uint32_t epoch)
{
    thread->walk.frame_count = 0;
    if (!stack_memo_clear(thread))
        return false;
    thread->code_epoch = epoch;
    return true;
}

__attribute__((noinline)) struct stack_memo *unwind_capture_slowly(struct thread *thread,
                                                                   const struct call_site *site)
{
    uint32_t epoch = atomic_load_explicit(&code_epoch, memory_order_acquire);
    if (__builtin_expect(thread->code_epoch != epoch, 0) && !begin_epoch(thread, epoch))
        return NULL;
    struct stack_memo *memo = stack_memo_find(thread, site);
    if (!memo)
        memo = capture_anew(thread, site);
    if (__builtin_expect(verifying, 0) && memo)
        verify(site, memo->node);
    return memo;
}

void unwind_drop(struct thread *thread, const struct call_site *site)
{
    stack_memo_drop(thread, site);
}

void unwind_forget(void)
{
    atomic_fetch_add_explicit(&code_epoch, 1, memory_order_release);
    set_quick_epoch();
}

bool unwind_is_inside(struct thread *thread, const struct call_site *inner,
                      const struct call_site *outer, unsigned frames,
                      bool (*is_apart)(uintptr_t return_address))
{
    return walk_is_inside(thread, inner, outer, frames, is_apart);
}
