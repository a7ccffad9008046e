/* Thousands of short threads, a few at a time, on stacks of 16 KiB: each allocates, deep in a recursion that
 * uses most of its stack, and frees all but one byte. thread_many [THREADS]. */
#include "api.h"

#include <pthread.h>

enum { AT_ONCE = 8 };
static pthread_barrier_t all_there; /* so that libc allocates the same for each eight of them */

static __attribute__((noinline)) int deeper(int depth)
{
    volatile char frame[256];
    frame[0] = (char)depth;
    if (depth > 0)
        return deeper(depth - 1) + frame[0];
    char *block = malloc(100), *text = calloc(5, 5);
    COUNT(allocs, 2);
    COUNT(bytes, 125);
    free(block);
    free(text);
    gone(100), gone(25);
    return frame[0];
}

static void *run(void *unused)
{
    pthread_barrier_wait(&all_there);
    deeper(20);
    char *kept = malloc(1);
    COUNT(allocs, 1);
    COUNT(bytes, 1);
    return kept;
}

int main(int argc, char **argv)
{
    int threads = argc > 1 ? atoi(argv[1]) : 3000;
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_barrier_init(&all_there, NULL, AT_ONCE);
    CHECK(pthread_attr_setstacksize(&small, 16384) == 0);
    for (int done = 0; done < threads; done += AT_ONCE) {
        pthread_t ids[AT_ONCE];
        for (int i = 0; i < AT_ONCE; i++)
            CHECK(pthread_create(&ids[i], &small, run, NULL) == 0);
        for (int i = 0; i < AT_ONCE; i++) {
            void *kept;
            pthread_join(ids[i], &kept);
            if (i % 2)
                free(kept), gone(1);
        }
    }
    return tell();
}
