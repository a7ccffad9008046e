// flags: -D_GNU_SOURCE
/* Threads that end in the middle of things: thread_ends WAY. */
#include "api.h"

#include <limits.h>
#include <pthread.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>

enum { THREADS = 200 };
static int ready, stop;
static void wait_for(int wanted)
{
    while (__atomic_load_n(&ready, __ATOMIC_ACQUIRE) < wanted)
        usleep(200);
}
static void one_more(void) { __atomic_fetch_add(&ready, 1, __ATOMIC_RELEASE); }

/* --- cancelled at a cancellation point, with cleanup handlers that free */
static void clean(void *block)
{
    free(block);
    gone(100);
}
static void *until_cancelled(void *unused)
{
    void *block = malloc(100);
    COUNT(allocs, 1);
    COUNT(bytes, 100);
    pthread_cleanup_push(clean, block);
    one_more();
    for (;;) {
        free(malloc(50));
        COUNT(allocs, 1);
        COUNT(bytes, 50);
        gone(50);
        pthread_testcancel();
    }
    pthread_cleanup_pop(1);
    return unused;
}
static void deferred(void)
{
    pthread_t ids[8];
    for (int round = 0; round < THREADS / 8; round++) {
        for (int i = 0; i < 8; i++)
            pthread_create(&ids[i], NULL, until_cancelled, NULL);
        wait_for(8 * (round + 1));
        for (int i = 0; i < 8; i++)
            pthread_cancel(ids[i]);
        for (int i = 0; i < 8; i++)
            pthread_join(ids[i], NULL);
    }
}

/* --- cancelled anywhere, in malloc and in the tracer too: only over libapi_bump.so */
static void *until_cancelled_anywhere(void *unused)
{
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    one_more();
    for (;;)
        free(malloc(50));
    return unused;
}
static void asynchronous(void)
{
    pthread_t ids[8];
    for (int round = 0; round < THREADS / 8; round++) {
        for (int i = 0; i < 8; i++)
            pthread_create(&ids[i], NULL, until_cancelled_anywhere, NULL);
        wait_for(8 * (round + 1));
        usleep(500);
        for (int i = 0; i < 8; i++)
            pthread_cancel(ids[i]);
        for (int i = 0; i < 8; i++)
            pthread_join(ids[i], NULL);
    }
    for (int i = 0; i < 1000; i++)
        free(malloc(60));
}

/* --- freed and allocated in destructors of keys, round after round */
static pthread_key_t keys[8];
static void destroy(void *block)
{
    size_t size = *(size_t *)block;
    free(block);
    gone(size);
    if (size < 1003) {
        size_t *next = malloc(size + 1);
        COUNT(allocs, 1);
        COUNT(bytes, size + 1);
        *next = size + 1;
        pthread_setspecific(keys[size % 8], next);
    }
}
static void *with_keys(void *unused)
{
    for (int i = 0; i < 8; i++) {
        size_t *block = malloc(1000);
        COUNT(allocs, 1);
        COUNT(bytes, 1000);
        *block = 1000;
        pthread_setspecific(keys[i], block);
    }
    return unused;
}
static void destructors(void)
{
    for (int i = 0; i < 8; i++)
        pthread_key_create(&keys[i], destroy);
    for (int i = 0; i < THREADS; i++) {
        pthread_t id;
        pthread_create(&id, NULL, with_keys, NULL);
        pthread_join(id, NULL);
    }
}

/* --- the smallest stacks there are, deep in them */
static __attribute__((noinline)) int fill(int depth)
{
    volatile char room[128] = {0};
    if (depth > 0)
        return fill(depth - 1) + room[0];
    free(malloc(80));
    COUNT(allocs, 1);
    COUNT(bytes, 80);
    gone(80);
    return 0;
}
static void *in_little_room(void *unused)
{
    for (int depth = 0; depth < 30; depth++)
        fill(depth);
    return unused;
}
static void smallest(void)
{
    pthread_attr_t attributes;
    pthread_attr_init(&attributes);
    size_t size = PTHREAD_STACK_MIN;
    CHECK(pthread_attr_setstacksize(&attributes, size) == 0);
    for (int i = 0; i < THREADS; i++) {
        pthread_t id;
        CHECK(pthread_create(&id, &attributes, in_little_room, NULL) == 0);
        pthread_join(id, NULL);
    }
}

/* --- exit from many threads at once, while others allocate */
static void *exit_now(void *number)
{
    one_more();
    while (!__atomic_load_n(&stop, __ATOMIC_ACQUIRE))
        ;
    exit(7);
}
static void *allocate_always(void *unused)
{
    one_more();
    for (;;)
        free(malloc(90));
    return unused;
}
static void exits(void)
{
    pthread_t id;
    for (int i = 0; i < 6; i++)
        pthread_create(&id, NULL, i < 4 ? exit_now : allocate_always, NULL);
    wait_for(6);
    __atomic_store_n(&stop, 1, __ATOMIC_RELEASE);
    exit(7);
}

/* --- a thread that the kernel holds: its vfork child takes its time */
static void *wait_for_child(void *unused)
{
    void *volatile held = malloc(4321);
    *(char *)held = 1;
    one_more();
    pid_t child = vfork();
    if (child == 0) {
        char *const arguments[] = {"sleep", "20", NULL};
        struct timespec nap = {20, 0};
        one_more();
        nanosleep(&nap, NULL);
        _exit(0);
    }
    return unused;
}
static void stuck(void)
{
    pthread_t id;
    pthread_create(&id, NULL, wait_for_child, NULL);
    wait_for(2);
    exit(7);
}

int main(int argc, char **argv)
{
    const struct {
        const char *name;
        void (*run)(void);
    } ways[] = {{"deferred", deferred}, {"asynchronous", asynchronous}, {"destructors", destructors}, {"smallest", smallest}, {"exits", exits}, {"stuck", stuck}};
    for (unsigned i = 0; i < sizeof ways / sizeof *ways; i++)
        if (argc > 1 && strcmp(argv[1], ways[i].name) == 0)
            ways[i].run();
    return tell();
}
