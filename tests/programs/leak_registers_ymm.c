// A thread that sleeps holds four blocks (24, 32, 40, 48) in ymm9, the upper half too. Needs AVX.
#include "asleep.h"
static void *block[4];
static void *sleep_with_registers(void *unused)
{
    other_tid = syscall(SYS_gettid);
    forget();
    __asm__ volatile("lea block(%%rip), %%rax\n"
                     "vmovups (%%rax), %%ymm9\n"
                     "movq $0, (%%rax); movq $0, 8(%%rax); movq $0, 16(%%rax); movq $0, 24(%%rax)\n"
                     "movl $1, asleep(%%rip)\n"
                     "1: mov $34, %%eax; syscall; jmp 1b" ::: "memory");
    return NULL;
}
static APART void work(void)
{
    pthread_t thread;
    for (int k = 0; k < 4; k++)
        block[k] = node(24 + 8 * k, NULL);
    pthread_create(&thread, NULL, sleep_with_registers, NULL);
    wait_until_asleep();
}
int main(void)
{
    work();
    forget();
}
