// A coroutine that waits, on a stack that is a mapping, holds 40 bytes: still reachable.
#include "leak.h"
#include <sys/mman.h>
#include <ucontext.h>
static ucontext_t here, there;
static void coroutine(void)
{
    void *volatile local = node(40, NULL);
    swapcontext(&there, &here);
}
static APART void work(void)
{
    getcontext(&there);
    there.uc_stack.ss_size = 64 * 1024;
    there.uc_stack.ss_sp = mmap(NULL, 64 * 1024, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    makecontext(&there, coroutine, 0);
    swapcontext(&here, &there);
}
int main(void)
{
    work();
    forget();
}
