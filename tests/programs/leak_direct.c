// Two blocks, 10 and 20 bytes, to which nothing points: definitely lost, each.
#include "leak.h"
static APART void work(void)
{
    malloc(10);
    malloc(20);
}
int main(void)
{
    work();
    forget();
}
