// reallocarray: 7 * 8 bytes from nothing, then 9 * 8, lost.
#include "leak.h"
static APART void work(void)
{
    void *array = reallocarray(NULL, 7, 8);
    array = reallocarray(array, 9, 8);
}
int main(void)
{
    work();
    forget();
}
