/* Detached threads that still allocate and free while main returns: no hang, no crash, and the blocks of a
 * thread that waits are there. */
#include "api.h"

#include <pthread.h>

static int ready;

static void *churn(void *unused)
{
    for (int i = 0;; i++) {
        char *block = malloc(50 + i % 50);
        *block = 1;
        free(block);
        if (i == 1000)
            __atomic_fetch_add(&ready, 1, __ATOMIC_RELEASE);
    }
    return unused;
}
static void *wait_for_ever(void *unused)
{
    char *volatile held = malloc(4321);
    held[0] = 1;
    __atomic_fetch_add(&ready, 1, __ATOMIC_RELEASE);
    for (;;)
        pause();
    return unused;
}

int main(int argc, char **argv)
{
    pthread_attr_t detached;
    pthread_attr_init(&detached);
    pthread_attr_setdetachstate(&detached, PTHREAD_CREATE_DETACHED);
    pthread_t id;
    for (int i = 0; i < 3; i++)
        pthread_create(&id, &detached, i ? churn : wait_for_ever, NULL);
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < 3)
        usleep(1000);
    say("main returns, its threads do not\n");
    return 7;
}
