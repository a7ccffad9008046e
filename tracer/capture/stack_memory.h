/* stack_memory: which of the program's stack memory can be read.
 *
 * A walk follows words that the program wrote, and a program may have smashed them. So nothing is
 * read before the kernel has said that it is there. What it said is kept per thread, as one range
 * that grows as walks go further out, so that it is asked once for every 64 KiB. */
#ifndef STACK_MEMORY_H
#define STACK_MEMORY_H

#include "tables/thread.h"

/* Asks the kernel, and extends the thread's readable range so that it holds `address`, or begins a
 * new range there. false: it cannot be read. */
bool stack_memory_extend(struct thread *thread, uintptr_t address);

static inline bool stack_memory_is_readable(struct thread *thread, uintptr_t address)
{
    if (__builtin_expect(
            address - thread->readable.low < thread->readable.high - thread->readable.low, 1))
        return true;
    return stack_memory_extend(thread, address);
}

/* The tracer reads the program's stack on purpose; sanitizers need not watch. */
static inline uintptr_t stack_memory_word(uintptr_t address)
{
    return *(const volatile uintptr_t *)address;
}

static inline bool stack_memory_holds(const struct stack_word *word)
{
    return __builtin_expect(stack_memory_word(word->address) == word->value, 1);
}

/* How many of the first `count` words a stack is still made of: count, if none has changed. From
 * the innermost on, and no further than the first that has: what lies outside of that need not be a
 * stack any longer. */
static inline __attribute__((always_inline)) uint32_t stack_memory_unchanged(
    const struct stack_word *words, uint32_t count)
{
    const struct stack_word *word = words + count;
    const struct stack_word *fours = words + 4;
    /* Four at a time: a deep stack is most of what a capture costs. */
    while (word >= fours) {
        if (!stack_memory_holds(--word) || !stack_memory_holds(--word) ||
            !stack_memory_holds(--word) || !stack_memory_holds(--word))
            return (uint32_t)(word - words);
    }
    while (word > words)
        if (!stack_memory_holds(--word))
            return (uint32_t)(word - words);
    return count;
}

#endif
