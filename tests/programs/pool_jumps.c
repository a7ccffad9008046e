// flags: -I include -I tracer -D_GNU_SOURCE
/* pool_jumps: a handler jumps out of pool requests 200 times; then another thread makes one. */
#include <valgrind/memcheck.h>

#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/time.h>

enum { WANTED = 200 };
static sigjmp_buf back;
static volatile sig_atomic_t jumps;
static char pool, memory[4096];

static void jump(int signal)
{
    jumps++;
    siglongjmp(back, signal);
}
static void *ask(void *unused)
{
    VALGRIND_MEMPOOL_ALLOC(&pool, memory + 1024, 10);
    printf("exists %d\n", (int)VALGRIND_MEMPOOL_EXISTS(&pool));
    VALGRIND_DESTROY_MEMPOOL(&pool);
    return unused;
}
int main(void)
{
    pthread_t thread;
    struct sigaction action = {.sa_handler = jump};
    sigaction(SIGALRM, &action, NULL);
    VALGRIND_CREATE_MEMPOOL(&pool, 0, 0);
    sigsetjmp(back, 1);
    while (jumps < WANTED) {
        struct itimerval soon = {.it_value.tv_usec = 300};
        int before = jumps;
        setitimer(ITIMER_REAL, &soon, NULL);
        while (jumps == before) {
            VALGRIND_MEMPOOL_ALLOC(&pool, memory, 100);
            VALGRIND_MEMPOOL_FREE(&pool, memory);
        }
    }
    pthread_create(&thread, NULL, ask, NULL);
    pthread_join(thread, NULL);
    return 0;
}
