// A lost cycle of 24 and 32 bytes, and a later lost block of 48 that points to its head: the
// outside block takes over the cycle.
#include "leak.h"
static APART void work(void)
{
    void **a = node(24, NULL), **b = node(32, a);
    *a = b;
    node(48, a);
}
int main(void)
{
    work();
    forget();
}
