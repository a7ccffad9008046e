#include "capture/stack_deep.h"

#include "capture/stack_memory.h"
#include "os/sys.h"

#include <cpuid.h>
#include <sys/prctl.h>

static atomic_uint_least64_t compared;

/* --- time ---------------------------------------------------------------- */

static struct stack_deep_time no_time(void)
{
    return (struct stack_deep_time){0, STACK_DEEP_NO_TIME};
}

static struct stack_deep_time read_counter(void)
{
    struct stack_deep_time now;
    now.ticks = __builtin_ia32_rdtscp(&now.processor);
    return now;
}

/* Whether it is there, and goes at one rate whatever the processor does. */
static bool has_counter(void)
{
    unsigned a, b, c, d, mode = 0;
    const unsigned rdtscp = 1u << 27, invariant = 1u << 8;
    if (!__get_cpuid(0x80000001, &a, &b, &c, &d) || !(d & rdtscp) ||
        !__get_cpuid(0x80000007, &a, &b, &c, &d) || !(d & invariant))
        return false;
    return sys_prctl(PR_GET_TSC, (uintptr_t)&mode) == 0 && mode == PR_TSC_ENABLE;
}

static struct stack_deep_time find_counter(void)
{
    stack_deep_now = has_counter() ? read_counter : no_time;
    return stack_deep_now();
}

struct stack_deep_time (*stack_deep_now)(void) = find_counter;

void stack_deep_without_time(void)
{
    stack_deep_now = no_time;
}

/* --- what is known ------------------------------------------------------- */

static void know(struct thread *thread, uint32_t frames, struct stack_deep_time now)
{
    thread->deep.frames = now.processor == STACK_DEEP_NO_TIME ? 0 : frames;
    thread->deep.ticks = now.ticks;
    thread->deep.processor = now.processor;
}

void stack_deep_is_known(struct thread *thread)
{
    if (thread->walk.frame_count > STACK_DEEP_FRAMES)
        know(thread, thread->walk.frame_count, stack_deep_now());
    else
        thread->deep.frames = 0;
}

void stack_deep_still_known(struct thread *thread)
{
    if (__builtin_expect(thread->deep.frames > 0, 0))
        know(thread, thread->deep.frames, stack_deep_now());
}

/* How many of the first `frames` frames cannot have changed. */
static uint32_t count_sure(const struct thread *thread, uint32_t frames, struct stack_deep_time now)
{
    uint64_t ticks = now.ticks - thread->deep.ticks;
    uint64_t limit = frames / STACK_DEEP_FRAMES_PER_TICK;
    if (now.processor != thread->deep.processor || ticks >= limit)
        return 0;
    uint64_t unsure = ticks * STACK_DEEP_FRAMES_PER_TICK + STACK_DEEP_FRAMES_AT_ONCE;
    uint32_t sure = unsure < frames ? frames - (uint32_t)unsure : 0;
    return sure < thread->deep.frames ? sure : thread->deep.frames;
}

uint32_t stack_deep_unchanged(struct thread *thread, uint32_t frames)
{
    uint32_t sure = count_sure(thread, frames, stack_deep_now());
    uint32_t first = sure ? thread->walk.frames[sure - 1].words : 0;
    uint32_t count = thread->walk.frames[frames - 1].words - first;
    uint32_t unchanged = stack_memory_unchanged(thread->walk.words + first, count);
    atomic_fetch_add_explicit(&compared, count - unchanged, memory_order_relaxed);
    if (unchanged != count)
        return first + unchanged;
    atomic_fetch_add_explicit(&compared, count, memory_order_relaxed);
    /* What is read takes its time, but not the program's. */
    know(thread, frames, stack_deep_now());
    return first + count;
}

uint64_t stack_deep_compared(void)
{
    return atomic_load_explicit(&compared, memory_order_relaxed);
}
