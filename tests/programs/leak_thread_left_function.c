// A thread that is alive at the end used 40 bytes in a function that has returned; its stack was
// used again since: definitely lost.
#include "asleep.h"
static APART void lose(void)
{
    void *volatile local = node(40, NULL);
}
static void *other(void *unused)
{
    lose();
    forget();
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
