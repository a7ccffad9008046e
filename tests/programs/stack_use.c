// How many bytes of the caller's stack a malloc and its free use, once the call site is known: what lies
// below the stack pointer is painted, and looked at afterwards.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

#define PAINTED 16384
#define PAINT   0xd15ea5ed15ea5e00u
#define ROUNDS  16

// Nothing is called between painting and looking but what is measured.
#define USE(name, act)                                                                             \
    static long use_of_##name(void)                                                                \
    {                                                                                              \
        uint64_t *pointer, *volatile low;                                                          \
        __asm__ volatile("mov %%rsp, %0" : "=r"(pointer));                                         \
        volatile uint64_t *top = pointer;                                                          \
        for (low = pointer - PAINTED / 8; low < top; low++)                                        \
            *low = PAINT;                                                                          \
        act;                                                                                       \
        for (low = pointer - PAINTED / 8; low < top && *low == PAINT; low++)                       \
            ;                                                                                      \
        return (char *)top - (char *)low;                                                          \
    }

static void *volatile block;

USE(malloc, block = malloc(64))
USE(free, free(block))
USE(calloc, block = calloc(4, 16))
USE(realloc, block = realloc(block, 72))

int main(void)
{
    long of_malloc, of_free, of_calloc, of_realloc;

    for (int round = 0; round < ROUNDS; round++) {
        of_malloc = use_of_malloc();
        of_free = use_of_free();
        of_calloc = use_of_calloc();
        of_realloc = use_of_realloc();
        use_of_free();
    }
    printf("malloc %ld\nfree %ld\ncalloc %ld\nrealloc %ld\n", of_malloc, of_free, of_calloc, of_realloc);
    return 0;
}
