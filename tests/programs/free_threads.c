/* free_threads: two threads free the same block at the same moment, 20000 times. One of them is right. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#define ROUNDS 20000
static void *blocks[ROUNDS];
static atomic_int at[2];

static void *race(void *self)
{
    long me = (long)self;
    for (int i = 0; i < ROUNDS; i++) {
        atomic_store(&at[me], i + 1);
        while (atomic_load(&at[!me]) < i + 1)
            ;
        free(blocks[i]);
    }
    return NULL;
}

int main(void)
{
    pthread_t other;
    for (int i = 0; i < ROUNDS; i++)
        blocks[i] = malloc(48);
    pthread_create(&other, NULL, race, (void *)1);
    race(NULL);
    pthread_join(other, NULL);
    puts("survived");
    return 3;
}
