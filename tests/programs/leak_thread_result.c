// A thread that has ended but is not joined yet returns 40 bytes: they can still be had by
// pthread_join, so they are still reachable.
#include "leak.h"
#include <sys/syscall.h>
static volatile int tid;
static APART void *result(void)
{
    return node(40, NULL);
}
static void *other(void *unused)
{
    void *block = result();
    tid = syscall(SYS_gettid);
    return block;
}
static pthread_t thread;
static APART void work(void)
{
    char path[64];
    pthread_create(&thread, NULL, other, NULL);
    while (!tid)
        usleep(1000);
    sprintf(path, "/proc/self/task/%d", tid);
    while (access(path, F_OK) == 0)
        usleep(1000);
}
int main(void)
{
    work();
    forget();
}
