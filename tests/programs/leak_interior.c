// A global points into the middle of a block of 64 bytes: possibly lost.
#include "leak.h"
static char *held;
static APART void work(void)
{
    held = (char *)node(64, NULL) + 20;
}
int main(void)
{
    work();
    forget();
}
