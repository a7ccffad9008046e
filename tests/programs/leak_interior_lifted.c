// A block of 32 hangs on a possibly lost one (64), and on a reachable one (48) as well, which a
// longer way leads to: reachable, and the 40 behind it.
#include "leak.h"
static char *first;
static void *last;
static APART void work(void)
{
    void *shared = node(32, node(40, NULL));
    first = (char *)node(64, shared) + 20;
    last = node(16, node(16, node(48, shared)));
}
int main(void)
{
    work();
    forget();
}
