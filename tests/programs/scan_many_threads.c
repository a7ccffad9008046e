/* 200 threads allocate and free while main returns. main has lost 40 bytes; the threads lose nothing. */
#include <pthread.h>
#include <stdlib.h>

enum { THREADS = 200 };
static pthread_barrier_t all_there;

static void *work(void *unused)
{
    void *blocks[16] = {0};
    pthread_barrier_wait(&all_there);
    for (unsigned k = 0;; k++) {
        free(blocks[k % 16]);
        blocks[k % 16] = malloc(16 + k % 1000);
    }
    return unused;
}

__attribute__((noinline)) static void lose(void)
{
    void *volatile lost = malloc(40);
    lost = NULL;
}

int main(void)
{
    pthread_t thread;
    pthread_barrier_init(&all_there, NULL, THREADS + 1);
    for (int k = 0; k < THREADS; k++)
        if (pthread_create(&thread, NULL, work, NULL) != 0)
            return 77;
    lose();
    pthread_barrier_wait(&all_there);
    return 3;
}
