// flags: -O1 -fsplit-stack -fuse-ld=gold
/* Stacks that grow in pieces: each piece is a mapping of its own, reached through __morestack.
 *
 * Exit status 4, in one of 64 runs: the threads' heap begins at a multiple of 4 GiB. Then what is left of a pointer,
 * whose lower half an int has overwritten, points into it, and their blocks are not lost for any leak check. */
#include <pthread.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static void *volatile block;
static __attribute__((noinline)) void leak(void) { block = malloc(1000); }
static __attribute__((noinline)) int deep(int depth)
{
    char room[5000];
    memset(room, depth, sizeof room);
    block = malloc(depth + 1);
    free(block);
    if (depth == 0) {
        leak();
        if ((uint32_t)(uintptr_t)block < 64u << 20)
            _exit(4);
        return 0;
    }
    return deep(depth - 1) + room[depth % 5000];
}
static void *run(void *unused)
{
    deep(200);
    return unused;
}
int main(void)
{
    pthread_attr_t small;
    pthread_attr_init(&small);
    pthread_attr_setstacksize(&small, 65536);
    for (int i = 0; i < 5; i++) {
        pthread_t id;
        pthread_create(&id, &small, run, NULL);
        pthread_join(id, NULL);
    }
    deep(1000);
    block = NULL;
    puts("done");
    return 3;
}
