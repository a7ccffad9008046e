// The program ends inside a signal handler on an alternate stack (its own mapping), whose local
// variable holds 40 bytes: still reachable. The interrupted function holds 48 on the usual stack.
#include "leak.h"
#include <signal.h>
#include <sys/mman.h>
static void handler(int signal)
{
    void *volatile local = node(40, NULL);
    exit(0);
}
static APART void work(void)
{
    void *volatile interrupted = node(48, NULL);
    stack_t stack = {.ss_size = 256 * 1024};
    struct sigaction action = {.sa_handler = handler, .sa_flags = SA_ONSTACK};
    stack.ss_sp = mmap(NULL, stack.ss_size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    sigaltstack(&stack, NULL);
    sigaction(SIGUSR1, &action, NULL);
    raise(SIGUSR1);
}
int main(void)
{
    work();
}
