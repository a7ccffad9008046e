/* sampled WAY: allocates from a few places, each with a known sum, and frees some of it.
 * exact: malloc, calloc, realloc, memalign, operator new, in two threads, one of them frees the
 * other's. freed: all of it is freed. */
#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define PLACE __attribute__((noinline))

enum { SMALL = 400000, MIDDLE = 4000, LARGE = 40 };
static void *small_blocks[SMALL], *middle_blocks[MIDDLE], *large_blocks[LARGE];
static char *numbers[MIDDLE];

PLACE static void *take_small(void)
{
    return malloc(24);
}
PLACE static void *take_middle(void)
{
    return calloc(50, 100);
}
PLACE static void *take_large(void)
{
    void *block = NULL;
    return posix_memalign(&block, 64, 700000) == 0 ? block : NULL;
}
PLACE static char *take_numbers(int index)
{
    return new char[2000 + index % 100];
}
PLACE static void *grow(void *block, size_t size)
{
    return realloc(block, size);
}

static void *free_half(void *)
{
    for (int i = 0; i < SMALL; i += 2)
        free(small_blocks[i]);
    return NULL;
}

static void free_all(void *grown)
{
    for (int i = 1; i < SMALL; i += 2)
        free(small_blocks[i]);
    for (int i = 0; i < MIDDLE; i++) {
        free(middle_blocks[i]);
        delete[] numbers[i];
    }
    for (int i = 0; i < LARGE; i++)
        free(large_blocks[i]);
    free(grown);
}

int main(int, char **arguments)
{
    pthread_t thread;
    void *grown = NULL;
    for (int i = 0; i < SMALL; i++)
        small_blocks[i] = take_small();
    for (int i = 0; i < MIDDLE; i++) {
        middle_blocks[i] = take_middle();
        numbers[i] = take_numbers(i);
    }
    for (int i = 0; i < LARGE; i++)
        large_blocks[i] = take_large();
    for (size_t size = 1000; size <= 1000000; size += 1000)
        grown = grow(grown, size);
    pthread_create(&thread, NULL, free_half, NULL);
    pthread_join(thread, NULL);
    if (strcmp(arguments[1], "freed") == 0)
        free_all(grown);
    return 0;
}
