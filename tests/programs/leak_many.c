// Lost lists of 20,000 and held ones of 10,000 nodes of 24 bytes: 1 head, 19,999 under it.
#include "leak.h"
static void *held;
static APART void *list(int length)
{
    void *first = NULL;
    while (length-- > 0)
        first = node(24, first);
    return first;
}
static APART void work(void)
{
    list(20000);
    held = list(10000);
}
int main(void)
{
    work();
    forget();
}
