// flags: -pthread
/* Threads in calls that a signal would cut short, while another one makes 60 leak checks. Each of them has to come back as
 * it would without: "NAME RESULT ERRNO" for each. */
#define _GNU_SOURCE
#include "../../tracer/leakreport.h"
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/select.h>
#include <time.h>
#include <unistd.h>

static int ends[2];
static sem_t never;
static atomic_int inside;
static atomic_int signals;

static int in_poll(void)
{
    struct pollfd end = {ends[0], POLLIN, 0};
    return poll(&end, 1, -1);
}
static int in_poll_with_limit(void)
{
    struct pollfd end = {ends[0], POLLIN, 0};
    return poll(&end, 1, 60000);
}
static int in_select(void)
{
    fd_set set;
    FD_ZERO(&set);
    FD_SET(ends[0], &set);
    return select(ends[0] + 1, &set, NULL, NULL, NULL);
}
static int in_epoll(void)
{
    struct epoll_event event = {.events = EPOLLIN};
    int fd = epoll_create1(0);
    epoll_ctl(fd, EPOLL_CTL_ADD, ends[0], &event);
    int result = epoll_wait(fd, &event, 1, -1);
    close(fd);
    return result;
}
static int in_semaphore(void)
{
    struct timespec limit;
    clock_gettime(CLOCK_REALTIME, &limit);
    limit.tv_sec += 60;
    return sem_timedwait(&never, &limit);
}
static int in_sleep(void)
{
    struct timespec begin, end;
    clock_gettime(CLOCK_MONOTONIC, &begin);
    unsigned rest = sleep(1);
    clock_gettime(CLOCK_MONOTONIC, &end);
    double seconds = (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
    return rest != 0 || seconds < 1.0;
}
static int in_pause(void)
{
    return pause();
}

static const struct call {
    const char *name;
    int (*call)(void);
} calls[] = {{"poll", in_poll},       {"poll with a limit", in_poll_with_limit}, {"select", in_select}, {"epoll_wait", in_epoll},
             {"sem_timedwait", in_semaphore}, {"sleep", in_sleep},                       {"pause", in_pause}};
#define CALLS (sizeof calls / sizeof *calls)
static struct {
    int result, error;
} results[CALLS];

static void note(int signal)
{
    (void)signal;
    signals++;
}

static void *run(void *number)
{
    size_t i = (size_t)number;
    inside++;
    errno = 0;
    results[i].result = calls[i].call();
    results[i].error = results[i].result < 0 ? errno : 0;
    return NULL;
}

int main(void)
{
    pthread_t threads[CALLS];
    struct sigaction action = {.sa_handler = note};
    sigaction(SIGUSR1, &action, NULL);
    if (pipe(ends) != 0)
        return 2;
    sem_init(&never, 0, 0);
    for (size_t i = 0; i < CALLS; i++)
        pthread_create(&threads[i], NULL, run, (void *)i);
    while (inside < (int)CALLS)
        usleep(1000);
    for (int i = 0; i < 60; i++) {
        leakreport_check(NULL);
        usleep(1000);
    }
    usleep(100000);
    if (write(ends[1], "x", 1) != 1)
        return 2;
    sem_post(&never);
    for (size_t i = 0; i < CALLS - 1; i++)
        pthread_join(threads[i], NULL);
    pthread_kill(threads[CALLS - 1], SIGUSR1); /* pause() has to come back with EINTR for this one, and for no other */
    pthread_join(threads[CALLS - 1], NULL);
    for (size_t i = 0; i < CALLS; i++)
        printf("%s %d %d\n", calls[i].name, results[i].result, results[i].error);
    printf("signals %d\n", (int)signals);
    return 0;
}
