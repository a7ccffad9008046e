/* Blocks that grow, shrink and stay. Says of each function how often it called realloc, how often
 * the block moved, and how many bytes were copied then. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>

struct figures {
    long calls, moved, copied;
};

static void count(struct figures *figures, uintptr_t before, size_t old, void *now, size_t size)
{
    figures->calls++;
    if (before == (uintptr_t)now)
        return;
    figures->moved++;
    figures->copied += old < size ? old : size;
}
static void grow(struct figures *figures)
{
    char *p = malloc(10), *between;
    for (size_t size = 10; size < 20000; size += 500) {
        uintptr_t before = (uintptr_t)p;
        p = realloc(p, size + 500);
        count(figures, before, size, p, size + 500);
        between = malloc(size); /* so that it can stay only now and then */
        if (size % 1000 == 10)
            free(between);
    }
    free(p);
}
static void shrink(struct figures *figures)
{
    char *p = malloc(200000);
    uintptr_t before = (uintptr_t)p;
    p = realloc(p, 30000);
    count(figures, before, 200000, p, 30000);
    free(p);
}
static void *twice(void *figures)
{
    grow(figures);
    return NULL;
}

int main(void)
{
    struct figures grown = {0}, shrunk = {0};
    pthread_t thread;
    void *fresh = realloc(NULL, 77); /* a malloc */
    grow(&grown);
    pthread_create(&thread, NULL, twice, &grown);
    pthread_join(thread, NULL);
    shrink(&shrunk);
    printf("%ld %ld %ld\n%ld %ld %ld\n", grown.calls, grown.moved, grown.copied, shrunk.calls, shrunk.moved, shrunk.copied);
    return 0;
}
