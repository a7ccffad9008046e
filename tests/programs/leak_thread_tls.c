// A thread that is alive at the end holds 40 bytes in a thread-local variable: still reachable.
#include "leak.h"
#include <fcntl.h>
#include <sys/syscall.h>
/* The other thread's last words: it sleeps in the kernel from here on, in a system call made
 * directly so that no function has put its registers on the stack. The flag is set just before;
 * `main` gives it time by waiting until the kernel says that it sleeps. */
static volatile int asleep;
static volatile int other_tid;
static APART void wait_until_asleep(void)
{
    char path[64], state = 0;
    while (!asleep)
        usleep(1000);
    sprintf(path, "/proc/self/task/%d/stat", other_tid);
    while (state != 'S') {
        char text[64] = "";
        int fd = open(path, O_RDONLY);
        read(fd, text, sizeof text - 1);
        close(fd);
        state = strrchr(text, ')') ? strrchr(text, ')')[2] : 0;
    }
}
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
