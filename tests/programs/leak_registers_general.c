// A thread that sleeps holds five blocks (24, 32, 40, 48, 56) in rbx and r12 … r15 and nowhere else:
// still reachable.
#include "asleep.h"
static void *block[5];
static void *sleep_with_registers(void *unused)
{
    other_tid = syscall(SYS_gettid);
    forget();
    __asm__ volatile("lea block(%%rip), %%rax\n"
                     "mov (%%rax), %%rbx; mov 8(%%rax), %%r12; mov 16(%%rax), %%r13\n"
                     "mov 24(%%rax), %%r14; mov 32(%%rax), %%r15\n"
                     "movq $0, (%%rax); movq $0, 8(%%rax); movq $0, 16(%%rax)\n"
                     "movq $0, 24(%%rax); movq $0, 32(%%rax)\n"
                     "movl $1, asleep(%%rip)\n"
                     "1: mov $34, %%eax; syscall; jmp 1b" ::: "memory");
    return NULL;
}
static APART void work(void)
{
    pthread_t thread;
    for (int k = 0; k < 5; k++)
        block[k] = node(24 + 8 * k, NULL);
    pthread_create(&thread, NULL, sleep_with_registers, NULL);
    wait_until_asleep();
}
int main(void)
{
    work();
    forget();
}
