/* swap: compare-and-swap, without the bus lock while the program has one thread.
 *
 * A locked instruction waits until everything stored before it has left the processor, which costs
 * more than the rest of a free. libc knows whether a second thread was ever made (its own malloc
 * relies on that); until then the same instruction without the lock prefix does: it cannot be
 * interrupted half-way, so that a signal handler sees it done or not begun. */
#ifndef SWAP_H
#define SWAP_H

#include <stdbool.h>
#include <stdint.h>

/* libc's word for it, from 2.32 on; until it is known, and before 2.32, one that says no. */
extern const char *swap_alone __attribute__((visibility("hidden")));

static inline bool swap_is_alone(void)
{
    return *swap_alone != 0;
}

#if defined(__x86_64__) && !defined(__SANITIZE_THREAD__)

#define SWAP_8(prefix)                                                                             \
    __asm__ volatile(prefix "cmpxchgq %3, %1"                                                      \
                     : "=@ccz"(swapped), "+m"(*word), "+a"(from)                                   \
                     : "r"(to)                                                                     \
                     : "memory")
#define SWAP_16(prefix)                                                                            \
    __asm__ volatile(prefix "cmpxchg16b %1"                                                        \
                     : "=@ccz"(swapped), "+m"(*pair), "+a"(from[0]), "+d"(from[1])                 \
                     : "b"(to[0]), "c"(to[1])                                                      \
                     : "memory")

/* One word; acquire and release. */
static inline bool swap_word(uint64_t *word, uint64_t from, uint64_t to)
{
    bool swapped;
    if (swap_is_alone())
        SWAP_8("");
    else
        SWAP_8("lock ");
    return swapped;
}

/* Two words, 16-byte aligned; acquire and release. */
static inline bool swap_pair(uint64_t (*pair)[2], uint64_t from[2], const uint64_t to[2])
{
    bool swapped;
    if (swap_is_alone())
        SWAP_16("");
    else
        SWAP_16("lock ");
    return swapped;
}

#else

static inline bool swap_word(uint64_t *word, uint64_t from, uint64_t to)
{
    return __atomic_compare_exchange_n(word, &from, to, false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

#if defined(__x86_64__)
#include <sanitizer/tsan_interface.h>
/* ThreadSanitizer's own 16-byte compare-and-swap takes a lock that the 8-byte ones do not know. */
static inline bool swap_pair(uint64_t (*pair)[2], uint64_t from[2], const uint64_t to[2])
{
    bool swapped;
    __tsan_release(pair);
    __asm__ volatile("lock cmpxchg16b %1"
                     : "=@ccz"(swapped), "+m"(*pair), "+a"(from[0]), "+d"(from[1])
                     : "b"(to[0]), "c"(to[1])
                     : "memory");
    return swapped;
}
#else
static inline bool swap_pair(uint64_t (*pair)[2], uint64_t from[2], const uint64_t to[2])
{
    unsigned __int128 old = (unsigned __int128)from[1] << 64 | from[0];
    unsigned __int128 new = (unsigned __int128)to[1] << 64 | to[0];
    return __sync_bool_compare_and_swap((unsigned __int128 *)pair, old, new);
}
#endif
#endif

#endif
