// As leak_signal_stack, but the alternate stack is a block of 262,144 bytes that a global holds.
#include "leak.h"
#include <signal.h>
static stack_t stack;
static void handler(int signal)
{
    void *volatile local = node(40, NULL);
    exit(0);
}
static APART void work(void)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    stack.ss_size = 256 * 1024;
    stack.ss_sp = node(stack.ss_size, NULL);
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
}
int main(void)
{
    work();
}
