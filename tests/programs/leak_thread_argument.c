// Four threads being created as the program ends, each with 40 bytes as its argument: whether it has
// begun or not, the block is still reachable, in libc's description of the thread.
#include "leak.h"
static void *other(void *argument)
{
    for (;;)
        pause();
}
static APART void work(void)
{
    pthread_t thread;
    for (int k = 0; k < 4; k++)
        pthread_create(&thread, NULL, other, node(40, NULL));
}
int main(void)
{
    work();
    forget();
}
