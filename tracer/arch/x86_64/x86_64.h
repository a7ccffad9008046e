/* x86_64: system calls, a clock without the kernel, and words changed by one instruction. */
#ifndef X86_64_H
#define X86_64_H

#include <stdbool.h>
#include <stdint.h>

#define MACHINE_ELF 62 /* EM_X86_64 */

/* A result, or -errno. */
static inline long machine_call(long number, long a, long b, long c, long d, long e, long f)
{
    long result;
    register long r10 __asm__("r10") = d;
    register long r8 __asm__("r8") = e;
    register long r9 __asm__("r9") = f;
    __asm__ volatile("syscall"
                     : "=a"(result)
                     : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                     : "rcx", "r11", "memory");
    return result;
}

/* Of about a nanosecond. */
static inline uint64_t machine_ticks(void)
{
    return __builtin_ia32_rdtsc() / 2;
}

#define MACHINE_SWAP(prefix)                                                                       \
    __asm__ volatile(prefix "cmpxchgq %3, %1"                                                      \
                     : "=@ccz"(swapped), "+m"(*word), "+a"(from)                                   \
                     : "r"(to)                                                                     \
                     : "memory")
/* Whole for the handlers of the thread's own signals, not for other threads. */
static inline bool machine_swap_alone(uint64_t *word, uint64_t from, uint64_t to)
{
    bool swapped;
    MACHINE_SWAP("");
    return swapped;
}

/* Whole for other threads, too; acquire and release. */
static inline bool machine_swap(uint64_t *word, uint64_t from, uint64_t to)
{
    bool swapped;
    MACHINE_SWAP("lock ");
    return swapped;
}

/* As machine_swap_alone(). */
static inline void machine_add_alone(uint64_t *word, uint64_t amount)
{
    __asm__ volatile("addq %1, %0" : "+m"(*word) : "er"(amount) : "cc");
}

#endif
