// A thread that is alive at the end holds 40 bytes in a thread-local variable: still reachable.
#include "asleep.h"
static __thread void *local;
static APART void hold(void)
{
    local = node(40, NULL);
}
static void *other(void *unused)
{
    hold();
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
