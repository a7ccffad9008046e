// The program's thread-local variables hold 40 and, in an array, 48: still reachable.
#include "leak.h"
static __thread void *held, *array[10];
static APART void work(void)
{
    held = node(40, NULL);
    array[9] = node(48, NULL);
}
int main(void)
{
    work();
    forget();
}
