/* end_race: eight threads leave at the same moment, each in another way; the main thread waits. */
#define _GNU_SOURCE
#include "leak.h"
#include <signal.h>

static void *held;
static pthread_barrier_t ready;

static APART void leak(void)
{
    node(100, node(50, NULL));
    held = node(300, NULL);
}
static void *leave(void *number)
{
    pthread_barrier_wait(&ready);
    switch ((long)number % 4) {
    case 0: _exit(1);
    case 1: abort();
    case 2: raise(SIGTERM);
    default: _Exit(2);
    }
}
int main(void)
{
    pthread_t thread;
    leak();
    forget();
    pthread_barrier_init(&ready, NULL, 8);
    for (long i = 0; i < 8; i++)
        pthread_create(&thread, NULL, leave, (void *)i);
    for (;;)
        pause();
}
