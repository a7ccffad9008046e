/* Four threads that allocate, resize and free until somebody kills the process: thread_kill MODEL. In the file
 * MODEL, mapped and shared, each thread counts its live blocks: after it has one more, before it has one less. So the
 * truth differs from the count by one block for each thread at most. The first word says that all threads run. */
#include "api.h"

#include <fcntl.h>
#include <pthread.h>
#include <sys/mman.h>

enum { THREADS = 4, KEPT = 500 };
static struct {
    long ready;
    long live[THREADS];
} *model;

static __attribute__((noinline)) void *take(size_t size) { return malloc(size); }
static __attribute__((noinline)) void *resize(void *block, size_t size) { return realloc(block, size); }

static void *run(void *argument)
{
    long me = (long)argument, random = me * 7919 + getpid();
    void *kept[KEPT] = {NULL};
    __atomic_fetch_add(&model->ready, 1, __ATOMIC_RELEASE);
    for (;;) {
        random = random * 6364136223846793005l + 1442695040888963407l;
        void **place = &kept[(unsigned long)random >> 33 & 0x1ff];
        size_t size = (unsigned long)random >> 50 & 0xff;
        if (place >= kept + KEPT)
            continue;
        if (!*place) {
            *place = take(size);
            __atomic_fetch_add(&model->live[me], 1, __ATOMIC_RELEASE);
        } else if (random >> 20 & 1) {
            *place = resize(*place, size + 1);
        } else {
            __atomic_fetch_sub(&model->live[me], 1, __ATOMIC_RELEASE);
            free(*place);
            *place = NULL;
        }
    }
}

int main(int argc, char **argv)
{
    int fd = open(argv[1], O_RDWR | O_CREAT, 0600);
    if (fd < 0 || ftruncate(fd, 4096) != 0)
        return 2;
    model = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
    pthread_t id;
    for (long i = 0; i < THREADS; i++)
        pthread_create(&id, NULL, run, (void *)i);
    pause();
    return 3;
}
