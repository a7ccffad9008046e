// A thread that sleeps holds 40 bytes just below its stack pointer, in the 128 bytes that a function
// which calls no other may use on x86-64: still reachable.
#include "asleep.h"
static void *block[1];
static void *other(void *unused)
{
    other_tid = syscall(SYS_gettid);
    forget();
    __asm__ volatile("lea block(%%rip), %%rax\n"
                     "mov (%%rax), %%rcx\n"
                     "and $-16, %%rsp\n"
                     "mov %%rcx, -120(%%rsp)\n"
                     "movq $0, (%%rax)\n"
                     "xor %%ecx, %%ecx\n"
                     "movl $1, asleep(%%rip)\n"
                     "1: mov $34, %%eax; syscall; jmp 1b" ::: "memory");
    return NULL;
}
static APART void work(void)
{
    pthread_t thread;
    block[0] = node(40, NULL);
    pthread_create(&thread, NULL, other, NULL);
    wait_until_asleep();
}
int main(void)
{
    work();
    forget();
}
