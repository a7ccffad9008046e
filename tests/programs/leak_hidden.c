// The pointer to a block of 40 is kept inverted: nobody can see that, definitely lost.
#include "leak.h"
static uintptr_t held;
static APART void work(void)
{
    held = ~(uintptr_t)node(40, NULL);
}
int main(void)
{
    work();
    forget();
}
