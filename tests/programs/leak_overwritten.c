// A global that is assigned twice: the first block (100) is definitely lost, the second (200)
// still reachable.
#include "leak.h"
static void *held;
static APART void work(void)
{
    held = node(100, NULL);
    held = node(200, NULL);
}
int main(void)
{
    work();
    forget();
}
