// Three heads that each take over the one before: one definitely lost block of 56, and under it
// two former heads (24, 40) with what hangs on each (16, 16, 16).
#include "leak.h"
static void *with_member(size_t size, void *former)
{
    void **head = node(size, former);
    head[1] = node(16, NULL);
    return head;
}
static APART void work(void)
{
    with_member(56, with_member(40, with_member(24, NULL)));
}
int main(void)
{
    work();
    forget();
}
