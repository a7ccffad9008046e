// The block that held the only pointers was freed (its contents still lie on a free list): the blocks
// of 40 and 48 are definitely lost. Block 48's pointer lay where free() leaves it alone.
#include "leak.h"
static APART void work(void)
{
    void **holder = node(256, node(40, NULL));
    holder[20] = node(48, NULL);
    free(holder);
}
int main(void)
{
    work();
    forget();
}
