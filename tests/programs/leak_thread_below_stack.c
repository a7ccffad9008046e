// A thread that is alive at the end has its pointers to 40 and 48 bytes below its stack pointer, in the
// remains of a function that has returned: nobody may look there, definitely lost.
#include "asleep.h"
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
