// Blocks that have mappings of their own: 144 KB lost, whose last word points to 136 KB (indirectly
// lost); 132 KB held. No larger than that: under valgrind all blocks lie at low addresses, where into
// megabytes now and then a number points that is no pointer, and they count as possibly lost.
#include "leak.h"
static void *held;
static APART void work(void)
{
    void **big = malloc(144 << 10);
    memset(big, 0, 144 << 10);
    big[(144 << 10) / 8 - 1] = calloc(1, 136 << 10);
    held = calloc(1, 132 << 10);
}
int main(void)
{
    work();
    forget();
}
