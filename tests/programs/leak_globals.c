// Pointers in initialised data, in bss, in a static of a function: 24, 32 and 40 still reachable.
#include "leak.h"
static void *bss, *data[4] = {(void *)1, (void *)2};
static APART void work(void)
{
    static void *of_function;
    bss = node(24, NULL);
    data[3] = node(32, NULL);
    of_function = node(40, NULL);
}
int main(void)
{
    work();
    forget();
}
