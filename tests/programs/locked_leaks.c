// flags: -D_GNU_SOURCE
/* Locks all of its memory, now and later, and then leaks a tenth of what it allocates with many call stacks: 13,000 of 130,000 blocks
 * of 24 bytes. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>

static void **kept;

static __attribute__((noinline)) void *allocate(int depth, int way)
{
    void *block = depth == 0 ? malloc(24) : way & 1 ? allocate(depth - 1, way >> 1) : allocate(depth - 1, way >> 1);
    __asm__ volatile("" ::"r"(block));
    return block;
}

int main(void)
{
    if (mlockall(MCL_CURRENT | MCL_FUTURE) != 0)
        return 1;
    for (int i = 0; i < 130000; i++) {
        void **block = allocate(i % 30, i);
        if (!block)
            return 2;
        if (i % 10) {
            block[0] = kept;
            kept = block;
        }
    }
    return 0;
}
