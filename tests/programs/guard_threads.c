// flags: -O0 -g -fno-builtin -pthread
/* Threads that free blocks which leave at once, let go by whichever thread is there: what a block is
 * given, small (kept as a copy) or large (kept in its pages), stays as its owner has written it. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { THREADS = 4, ROUNDS = 2000, SMALL = 48, LARGE = 65560 };
static atomic_int wrong;

static void one(size_t size, int mark)
{
    unsigned char *block = malloc(size);
    memset(block, mark, size);
    for (size_t i = 0; i < size; i += 16)
        if (block[i] != (unsigned char)mark)
            wrong++;
    free(block);
}
static void *work(void *number)
{
    int mark = (int)(long)number;
    for (int i = 0; i < ROUNDS; i++)
        one(i % 4 ? SMALL : LARGE, mark);
    return NULL;
}
int main(void)
{
    pthread_t threads[THREADS];
    for (long i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, (void *)(i + 1));
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    printf("%d wrong\n", wrong);
    return 0;
}
