/* masked_32: blocks all signals, also the two that libc keeps for itself, as its own threads do; signal 32 is sent (that of
 * timer_create with SIGEV_THREAD waits for it), which kills as soon as it is let in; allocates; says whether the mask is what
 * it was. */
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <unistd.h>

static uint64_t mask(int how, const uint64_t *set)
{
    uint64_t before = 0;
    syscall(SYS_rt_sigprocmask, how, set, &before, 8);
    return before;
}
static void __attribute__((noinline)) allocate(int depth)
{
    if (depth > 0)
        allocate(depth - 1);
    else
        free(malloc(10));
    __asm__ volatile("" : : : "memory");
}
static int compare(const void *one, const void *other)
{
    allocate(2);
    return *(const int *)one - *(const int *)other;
}
int main(void)
{
    const uint64_t all = ~0ull;
    int numbers[] = {3, 1, 2};
    uint64_t before = mask(SIG_BLOCK, &all);
    uint64_t blocked = mask(SIG_BLOCK, NULL);
    syscall(SYS_tgkill, getpid(), syscall(SYS_gettid), 32);
    allocate(5);
    qsort(numbers, 3, sizeof *numbers, compare);
    const uint64_t sent = 1ull << 31;
    long taken = syscall(SYS_rt_sigtimedwait, &sent, NULL, NULL, 8);
    uint64_t after = mask(SIG_SETMASK, &before);
    printf("%s\n", taken == 32 && blocked == after && blocked & sent ? "the mask is what it was" : "another mask");
    return 0;
}
