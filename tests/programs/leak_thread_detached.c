// A detached thread that has just ended, seen gone by its entry in /proc: its 40 bytes are
// definitely lost.
#include "leak.h"
#include <sys/syscall.h>
static volatile int tid;
static void *other(void *unused)
{
    void *volatile local = node(40, NULL);
    tid = syscall(SYS_gettid);
    return NULL;
}
static APART void work(void)
{
    pthread_t thread;
    char path[64];
    pthread_create(&thread, NULL, other, NULL);
    pthread_detach(thread);
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
