/* Threads that allocate, and free each other's blocks: thread_exchange [THREADS [ROUNDS]]. Blocks change hands through
 * slots that are swapped atomically. The books are the truth, to the block. */
#include "api.h"

#include <pthread.h>

enum { SLOTS = 512 };
static struct slot {
    size_t size;
} *slots[SLOTS];
static int threads = 4, rounds = 100000;
static pthread_barrier_t all_there; /* so that libc allocates the same for them, however short they live */

static struct slot *make(unsigned random)
{
    size_t size = sizeof(struct slot) + random % 400;
    struct slot *block = (struct slot *)(random % 7 == 0 ? calloc(1, size) : malloc(size));
    COUNT(allocs, 1);
    COUNT(bytes, size);
    block->size = size;
    return block;
}

static struct slot *resize(struct slot *block, unsigned random)
{
    gone(block->size);
    size_t size = sizeof(struct slot) + random % 4000;
    block = (struct slot *)realloc(block, size);
    COUNT(allocs, 1);
    COUNT(bytes, size);
    block->size = size;
    return block;
}

static void *run(void *argument)
{
    unsigned random = (unsigned)(long)argument * 2654435761u + 1;
    pthread_barrier_wait(&all_there);
    for (int i = 0; i < rounds; i++) {
        random = random * 1664525u + 1013904223u;
        struct slot **slot = &slots[random >> 8 & (SLOTS - 1)];
        struct slot *fresh = random >> 28 == 0 ? NULL : make(random >> 12);
        struct slot *old = __atomic_exchange_n(slot, fresh, __ATOMIC_ACQ_REL);
        if (old && random >> 24 == 77) {
            old = resize(old, random >> 4);
            old = __atomic_exchange_n(slot, old, __ATOMIC_ACQ_REL);
        }
        if (old) {
            gone(old->size);
            free(old);
        }
    }
    return NULL;
}

int main(int argc, char **argv)
{
    if (argc > 1)
        threads = atoi(argv[1]);
    if (argc > 2)
        rounds = atoi(argv[2]);
    pthread_t ids[64];
    pthread_barrier_init(&all_there, NULL, threads);
    for (long i = 0; i < threads; i++)
        pthread_create(&ids[i], NULL, run, (void *)i);
    for (int i = 0; i < threads; i++)
        pthread_join(ids[i], NULL);
    for (int i = 0; i < SLOTS; i += 2)
        if (slots[i]) {
            gone(slots[i]->size);
            free(slots[i]);
            slots[i] = NULL;
        }
    return tell();
}
