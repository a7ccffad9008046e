// Three blocks of no bytes: one lost, two held by a global and an array: 0 bytes in 1 block
// definitely lost, 0 bytes in 2 blocks still reachable.
#include "leak.h"
static void *held, *array[4];
static APART void work(void)
{
    malloc(0);
    held = malloc(0);
    array[2] = malloc(0);
}
int main(void)
{
    work();
    forget();
}
