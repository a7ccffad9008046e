// A thread that is alive at the end holds 40 bytes in a local variable: still reachable.
#include "asleep.h"
static void *other(void *unused)
{
    void *volatile local = node(40, NULL);
    other_tid = syscall(SYS_gettid);
    asleep = 1;
    for (;;)
        pause();
}
static APART void work(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, other, NULL);
    wait_until_asleep();
}
int main(void)
{
    work();
    forget();
}
