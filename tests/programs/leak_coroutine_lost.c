// A coroutine that was forgotten while it waited: its context (a block) definitely lost, its stack (a
// block of 65,536) and what the stack holds (40) indirectly.
#include "leak.h"
#include <ucontext.h>
static ucontext_t here;
static ucontext_t *there;
static void coroutine(void)
{
    void *volatile local = node(40, NULL);
    swapcontext(there, &here);
}
static APART void work(void)
{
    there = calloc(1, sizeof *there);
    getcontext(there);
    there->uc_stack.ss_size = 64 * 1024;
    there->uc_stack.ss_sp = node(64 * 1024, NULL);
    makecontext(there, coroutine, 0);
    swapcontext(&here, there);
    there = NULL;
    memset(&here, 0, sizeof here);
}
int main(void)
{
    work();
    forget();
}
