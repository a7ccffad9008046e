// Two lost blocks (24 and 40) that point to one of 32: both heads are definitely lost, the shared
// block is indirectly lost, once.
#include "leak.h"
static APART void work(void)
{
    void *shared = node(32, NULL);
    node(24, shared);
    node(40, shared);
}
int main(void)
{
    work();
    forget();
}
