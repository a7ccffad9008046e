// A coroutine that waits, on a stack that is a block of 65,536 bytes held by a global, holds 40 bytes:
// both still reachable.
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
    there.uc_stack.ss_sp = node(64 * 1024, NULL);
    makecontext(&there, coroutine, 0);
    swapcontext(&here, &there);
}
int main(void)
{
    work();
    forget();
}
