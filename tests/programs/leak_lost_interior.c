// A lost block of 24 that points into the middle of one of 64: among lost blocks that is as good
// as a pointer to the start, so the second is indirectly lost.
#include "leak.h"
static APART void work(void)
{
    node(24, (char *)node(64, NULL) + 20);
}
int main(void)
{
    work();
    forget();
}
