// new int[25] has no cookie: the one held by its start is still reachable, the one held by its
// second element possibly lost (its first word is no count: it is 0).
#include "leak.h"
static int *start, *inside;
static APART void work()
{
    start = new int[25]();
    inside = new int[25]() + 1;
}
int main()
{
    work();
    forget();
}
