// A thread that is alive at the end has its pointers to 40 and 48 bytes below its stack pointer, in the
// remains of a function that has returned: nobody may look there, definitely lost.
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
static APART void lose(void)
{
    void *volatile room[64];
    room[5] = node(40, NULL);
    room[40] = node(48, NULL);
}
static APART void *other(void *unused)
{
    other_tid = syscall(SYS_gettid);
    lose();
    __asm__ volatile("xor %%eax, %%eax; xor %%ecx, %%ecx; xor %%edx, %%edx; xor %%esi, %%esi; xor %%edi, %%edi;"
                     "xor %%r8d, %%r8d; xor %%r9d, %%r9d; xor %%r10d, %%r10d; xor %%r11d, %%r11d;"
                     "movl $1, asleep(%%rip)\n"
                     "1: mov $34, %%eax; syscall; jmp 1b" ::: "memory");
    return NULL;
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
