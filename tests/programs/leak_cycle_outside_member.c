// As leak_cycle_outside, but the outside block points to the member that is not the head: the
// cycle keeps its own head, so two blocks (24 and 48) are definitely lost.
#include "leak.h"
static APART void work(void)
{
    void **a = node(24, NULL), **b = node(32, a);
    *a = b;
    node(48, b);
}
int main(void)
{
    work();
    forget();
}
