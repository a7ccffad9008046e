/* Four threads hand blocks full of pointers to each other, free what they are given, and lose 240 each
 * that they never wrote to: 240,000 bytes in 960 blocks. */
#include "leak.h"

#include <stdatomic.h>

enum { THREADS = 4, PLACES = 800 * THREADS, ROUNDS = 30, EACH = 800 };
static _Atomic(void *) places[PLACES];

static APART void exchange(unsigned *seed)
{
    *seed = *seed * 1103515245u + 12345u;
    size_t words = (16 + (*seed >> 16) % 900) / 8;
    void **block = malloc(words * 8);
    for (size_t k = 0; k < words; k++)
        block[k] = atomic_load(&places[(*seed >> 4) % (PLACES - words) + k]);
    free(atomic_exchange(&places[(*seed >> 8) % PLACES], (void *)block));
}

static void *run(void *number)
{
    unsigned seed = (unsigned)(uintptr_t)number * 7919 + 1;
    void *volatile lost;
    for (int round = 0; round < ROUNDS; round++) {
        for (int i = 0; i < EACH; i++)
            exchange(&seed);
        for (size_t i = 0; i < 8; i++)
            lost = malloc(40 + i * 60);
    }
    lost = NULL;
    forget();
    return lost;
}

int main(void)
{
    pthread_t thread[THREADS];
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&thread[i], NULL, run, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(thread[i], NULL);
    for (int i = 0; i < PLACES; i++) {
        free(places[i]);
        places[i] = NULL;
    }
    forget();
    return 0;
}
