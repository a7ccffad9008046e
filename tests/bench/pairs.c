/* pairs FILE DEPTH THREADS COUNT: COUNT pairs of malloc and free in each thread, DEPTH calls deep.
 * THREADS 0 is main alone: malloc and its tracers know that no thread was ever made. Appends to
 * FILE the nanoseconds of wall time a pair of one thread and the pairs per second of all threads
 * together. */
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static long count, depth;
static pthread_barrier_t start;

static double seconds(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec + t.tv_nsec * 1e-9;
}

static __attribute__((noinline)) void pairs(void)
{
    for (long i = 0; i < count; i++) {
        void *block = malloc(64);
        __asm__ volatile("" : : "r"(block) : "memory");
        free(block);
    }
}

static __attribute__((noinline)) void descend(long levels)
{
    if (levels <= 1)
        pairs();
    else
        descend(levels - 1);
    __asm__ volatile("" : : : "memory"); /* no tail call */
}

static void *run(void *unused)
{
    pthread_barrier_wait(&start);
    descend(depth);
    return unused;
}

int main(int arguments_count, char **arguments)
{
    if (arguments_count < 5)
        return 2;
    depth = atol(arguments[2]);
    count = atol(arguments[4]);
    long threads = atol(arguments[3]);
    pthread_t thread[64];
    pthread_barrier_init(&start, NULL, (unsigned)threads + !threads);
    double begun = seconds();
    if (threads == 0)
        descend(depth);
    for (long i = 0; i < threads; i++)
        pthread_create(&thread[i], NULL, run, NULL);
    for (long i = 0; i < threads; i++)
        pthread_join(thread[i], NULL);
    double took = seconds() - begun;
    FILE *out = fopen(arguments[1], "a");
    if (!out)
        return 2;
    fprintf(out, "%.2f %.0f\n", took * 1e9 / count, (threads + !threads) * count / took);
    return fclose(out) != 0;
}
