// flags: -O1
// thread_losses COUNT: so many threads, all alive at the end, have each lost a block of 77 bytes.
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static pthread_barrier_t all_have;
static void *volatile kept;

static __attribute__((noinline)) void lose(void)
{
    kept = malloc(77);
    kept = NULL;
}
static __attribute__((noinline)) void clear_stack(void)
{
    volatile char used[4096];
    for (size_t i = 0; i < sizeof used; i++)
        used[i] = 0;
}
static void *live(void *unused)
{
    lose();
    clear_stack();
    pthread_barrier_wait(&all_have);
    for (;;)
        pause();
}

int main(int argc, char **argv)
{
    int count = atoi(argv[1]);
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    pthread_barrier_init(&all_have, NULL, (unsigned)count + 1);
    for (int i = 0; i < count; i++) {
        pthread_t thread;
        if (pthread_create(&thread, &small, live, NULL) != 0)
            return 1;
    }
    pthread_barrier_wait(&all_have);
    return 0;
}
