// A block of 24 bytes that only points to itself: definitely lost.
#include "leak.h"
static APART void work(void)
{
    void **a = node(24, NULL);
    *a = a;
}
int main(void)
{
    work();
    forget();
}
