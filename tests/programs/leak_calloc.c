// calloc: 3 * 33 bytes lost; 5 * 10 bytes held.
#include "leak.h"
static void *held;
static APART void work(void)
{
    calloc(3, 33);
    held = calloc(5, 10);
}
int main(void)
{
    work();
    forget();
}
