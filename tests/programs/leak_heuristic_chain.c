// What an excused array (8 + 32) points to is still reachable (48), what a doubtful one (8 + 33)
// points to is possibly lost (56). An excuse on a doubtful way does not help: 8 + 16 possibly lost.
#include "leak.h"
static void *held[3];
static void **array(size_t size, size_t count, void *first)
{
    size_t *block = calloc(1, size);
    block[0] = count;
    block[1] = (size_t)first;
    return (void **)(block + 1);
}
static APART void work(void)
{
    held[0] = array(40, 2, node(48, NULL));
    held[1] = array(41, 2, node(56, array(24, 2, NULL)));
}
int main(void)
{
    work();
    forget();
}
