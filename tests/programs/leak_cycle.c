// A lost cycle of 24, 32 and 40 bytes: it has one head, the block of the lowest address (24);
// the other two are indirectly lost.
#include "leak.h"
static APART void work(void)
{
    void **a = node(24, NULL), **b = node(32, a), **c = node(40, b);
    *a = c;
}
int main(void)
{
    work();
    forget();
}
