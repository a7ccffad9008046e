/* growth_kinds REQUESTS: answers requests until it is told to end: each allocates and frees; of 1,000 one loses 64 bytes;
 * a cache fills with 2,000 blocks and stays; a queue grows to 300 blocks and is emptied. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *cache[2000], *queue[300];

static __attribute__((noinline)) void lose(void)
{
    memset(malloc(64), 1, 64);
}

static __attribute__((noinline)) void put_into_cache(int number)
{
    if (!cache[number % 2000])
        cache[number % 2000] = malloc(100);
}

static __attribute__((noinline)) void put_into_queue(int number)
{
    queue[number % 300] = malloc(50);
    if (number % 300 == 299)
        for (int i = 0; i < 300; i++)
            free(queue[i]);
}

int main(int count, char **arguments)
{
    int requests = count > 1 ? atoi(arguments[1]) : 0;
    printf("ready\n");
    fflush(stdout);
    for (int i = 0; i < requests; i++) {
        char *volatile answer = malloc(200 + i % 100);
        put_into_cache(i);
        put_into_queue(i);
        free(answer);
        if (i % 1000 == 0)
            lose();
        if (i % 100 == 0)
            usleep(5000);
    }
    return 0;
}
