// flags: -pthread -lrt
/* Maps memory in each way that there is. Prints what each function has mapped at the end: its name,
 * bytes, mappings. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define PAGE 4096ul

static volatile int sink;

static void *take(void *at, size_t size, int flags)
{
    void *mapped =
        mmap(at, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | flags, -1, 0);
    if (mapped == MAP_FAILED)
        exit(3);
    return mapped;
}

static __attribute__((noinline)) void keep(void)
{
    char *mapped = take(NULL, 256 * PAGE, 0);
    madvise(mapped, 256 * PAGE, MADV_NOHUGEPAGE);
    memset(mapped, 1, 5 * PAGE);
    sink = 1;
}

static __attribute__((noinline)) void punch(void)
{
    char *mapped = take(NULL, 16 * PAGE, 0);
    munmap(mapped + 4 * PAGE, 4 * PAGE - 1);
    sink = 2;
}

static __attribute__((noinline)) char *cover(void)
{
    char *mapped = take(NULL, 16 * PAGE, 0);
    sink = 3;
    return mapped;
}

static __attribute__((noinline)) void over(char *mapped)
{
    take(mapped + 6 * PAGE, 2 * PAGE, MAP_FIXED);
    sink = 4;
}

static __attribute__((noinline)) void *move(void *old)
{
    char *fence = take((char *)old + 4 * PAGE, PAGE, MAP_FIXED);
    char *mapped = mremap(old, 4 * PAGE, 1000 * PAGE, MREMAP_MAYMOVE);
    munmap(fence, PAGE);
    return mremap(mapped, 1000 * PAGE, 300 * PAGE, 0);
}

static __attribute__((noinline)) void *moved(void)
{
    char *mapped = take(NULL, 8 * PAGE, 0);
    sink = 5;
    munmap(mapped + 4 * PAGE, 4 * PAGE);
    return mapped;
}

static __attribute__((noinline)) void gone(void)
{
    munmap(take(NULL, 7 * PAGE, 0), 7 * PAGE);
    sink = 6;
}

static __attribute__((noinline)) void step(void)
{
    sbrk(20000);
    sbrk(-5000);
    sink = 7;
}

static __attribute__((noinline)) void file(void)
{
    int fd = open("/proc/self/exe", O_RDONLY);
    mmap(NULL, 100, PROT_READ, MAP_SHARED, fd, 0);
    close(fd);
}

static void handle(int signal)
{
    take(NULL, 3 * PAGE, 0);
    sink = signal;
}

static void nothing(int signal)
{
    munmap(take(NULL, PAGE, 0), PAGE);
    sink = signal;
}

static void *churn(void *unused)
{
    for (int i = 0; i < 2000; i++)
        munmap(take(NULL, (size_t)(1 + i % 5) * PAGE, 0), (size_t)(1 + i % 5) * PAGE);
    return unused;
}

static void threads(void)
{
    struct itimerspec each = {{0, 200000}, {0, 200000}};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR2};
    pthread_t thread[4];
    timer_t timer;
    signal(SIGUSR2, nothing);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &each, NULL);
    for (int i = 0; i < 4; i++)
        pthread_create(&thread[i], NULL, churn, NULL);
    for (int i = 0; i < 4; i++)
        pthread_join(thread[i], NULL);
    timer_delete(timer);
}

static __attribute__((noinline)) void in_child(void)
{
    take(NULL, 9 * PAGE, 0);
    sink = 8;
}

static void fails(void)
{
    errno = 0;
    if (mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED ||
        errno != EINVAL)
        exit(4);
    errno = 0;
    if (munmap((void *)1, PAGE) != -1 || errno != EINVAL)
        exit(5);
    errno = 0;
    if (mremap((void *)PAGE, PAGE, 2 * PAGE, 0) != MAP_FAILED || errno != EFAULT)
        exit(6);
    errno = 11;
    munmap(take(NULL, PAGE, 0), PAGE);
    if (errno != 11)
        exit(7);
}

int main(int argc, char **argv)
{
    fails();
    keep();
    punch();
    over(cover());
    move(moved());
    gone();
    step();
    file();
    signal(SIGUSR1, handle);
    raise(SIGUSR1);
    if (argc > 1 && strcmp(argv[1], "threads") == 0)
        threads();
    if (argc > 1 && strcmp(argv[1], "fork") == 0 && fork() == 0) {
        in_child();
        _exit(0);
    }
    wait(NULL);
    printf("keep %lu 1\npunch %lu 2\ncover %lu 2\nover %lu 1\nmove %lu 1\nmoved 0 0\ngone 0 0\n"
           "step 15000 1\nfile %lu 1\nhandle %lu 1\nchurn 0 0\n",
           256 * PAGE, 12 * PAGE, 14 * PAGE, 2 * PAGE, 300 * PAGE, PAGE, 3 * PAGE);
    return 0;
}
