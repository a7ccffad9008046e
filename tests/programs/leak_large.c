// Blocks that have mappings of their own: 8 MB lost, whose last word points to 4 MB (indirectly
// lost); 2 MB held.
#include "leak.h"
static void *held;
static APART void work(void)
{
    void **big = malloc(8 << 20);
    memset(big, 0, 8 << 20);
    big[(8 << 20) / 8 - 1] = calloc(1, 4 << 20);
    held = calloc(1, 2 << 20);
}
int main(void)
{
    work();
    forget();
}
