// end_small_stack BYTES WAY: dies with a signal stack of so many bytes, below which nothing can be touched.
// WAY: plain, a signal at its default; handler, in a handler that has allocated there.
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static void *volatile block;

static void allocate_and_die(int signal)
{
    block = malloc(300);
    kill(getpid(), SIGTERM);
}

int main(int count, char **words)
{
    size_t bytes = strtoul(words[1], NULL, 0);
    char *memory = mmap(NULL, bytes + 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    stack_t stack = {.ss_sp = memory + 4096, .ss_size = bytes};
    struct sigaction action = {.sa_handler = allocate_and_die, .sa_flags = SA_ONSTACK};
    mprotect(memory, 4096, PROT_NONE);
    if (sigaltstack(&stack, NULL) != 0)
        return 1;
    block = malloc(100);
    block = NULL;
    sigaction(SIGUSR1, &action, NULL);
    kill(getpid(), strcmp(words[2], "plain") == 0 ? SIGTERM : SIGUSR1);
    return 2;
}
