// flags: -lrt
/* end_waits WAY…: a thread in each system call that a signal cuts short though SA_RESTART is set, one that
 * counts and one that holds a lock; the process ends in the way told. A call that comes back says so on standard
 * error. With "flush" standard output's last write, which libc makes after every exit handler, tells whether
 * anybody counts; with "lock" and "pipe" it needs another thread. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/inotify.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

static const struct timespec hour = {3600, 0};
static pthread_barrier_t ready;
static volatile long ticks;
static volatile int wanted;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int ends[2];
static const char *how = "";

static void in_epoll_wait(void) { struct epoll_event e; epoll_wait(epoll_create1(0), &e, 1, -1); }
static void in_epoll_pwait(void) { struct epoll_event e; epoll_pwait(epoll_create1(0), &e, 1, 3600000, NULL); }
static void in_poll(void) { poll(NULL, 0, -1); }
static void in_ppoll(void) { ppoll(NULL, 0, &hour, NULL); }
static void in_select(void) { select(0, NULL, NULL, NULL, NULL); }
static void in_pselect(void) { pselect(0, NULL, NULL, NULL, &hour, NULL); }
static void in_sleep(void) { sleep(3600); }
static void in_usleep(void) { usleep(900000000); }
static void in_nanosleep(void) { nanosleep(&hour, NULL); }
static void in_clock_nanosleep(void) { clock_nanosleep(CLOCK_MONOTONIC, 0, &hour, NULL); }
static void in_pause(void) { pause(); }
static void in_sigtimedwait(void)
{
    sigset_t signals;
    sigemptyset(&signals);
    sigaddset(&signals, SIGWINCH);
    sigtimedwait(&signals, NULL, &hour);
}
static void in_sigsuspend(void)
{
    sigset_t none;
    sigemptyset(&none);
    sigsuspend(&none);
}
static void in_sem_timedwait(void)
{
    static sem_t semaphore;
    struct timespec later = {time(NULL) + 3600, 0};
    sem_timedwait(&semaphore, &later);
}
static void in_cond_timedwait(void)
{
    static pthread_mutex_t own = PTHREAD_MUTEX_INITIALIZER;
    static pthread_cond_t never = PTHREAD_COND_INITIALIZER;
    struct timespec later = {time(NULL) + 3600, 0};
    pthread_mutex_lock(&own);
    pthread_cond_timedwait(&never, &own, &later);
}
static void in_recv(void)
{
    int pair[2];
    char byte;
    struct timeval limit = {3600, 0};
    socketpair(AF_UNIX, SOCK_STREAM, 0, pair);
    setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    recv(pair[0], &byte, 1, 0);
}
static void in_inotify(void)
{
    char event[512];
    read(inotify_init(), event, sizeof event);
}
static void in_timerfd(void)
{
    struct itimerspec later = {{0, 0}, {3600, 0}};
    uint64_t times;
    int fd = timerfd_create(CLOCK_MONOTONIC, 0);
    timerfd_settime(fd, 0, &later, NULL);
    read(fd, &times, sizeof times);
}
static void in_mq_timedreceive(void)
{
    char name[32];
    char message[8192];
    struct timespec later = {time(NULL) + 3600, 0};
    snprintf(name, sizeof name, "/end_waits-%d", getpid());
    mqd_t queue = mq_open(name, O_RDWR | O_CREAT, 0600, NULL);
    mq_unlink(name);
    if (queue < 0)
        pause();
    mq_timedreceive(queue, message, sizeof message, NULL, &later);
}

static const struct call {
    const char *name;
    void (*wait)(void);
} calls[] = {
#define CALL(name) {#name, in_##name}
    CALL(epoll_wait), CALL(epoll_pwait), CALL(poll), CALL(ppoll), CALL(select), CALL(pselect), CALL(sleep),
    CALL(usleep), CALL(nanosleep), CALL(clock_nanosleep), CALL(pause), CALL(sigtimedwait), CALL(sigsuspend),
    CALL(sem_timedwait), CALL(cond_timedwait), CALL(recv), CALL(inotify),
    CALL(timerfd), CALL(mq_timedreceive)};

static void *wait_in(void *argument)
{
    const struct call *call = argument;
    char text[64];
    pthread_barrier_wait(&ready);
    call->wait();
    int length = snprintf(text, sizeof text, "%s came back\n", call->name);
    write(2, text, length);
    return NULL;
}
static void *count(void *unused)
{
    pthread_barrier_wait(&ready);
    for (;;)
        ticks++;
}
/* Unlocks when that is wanted. */
static void *hold_lock(void *unused)
{
    pthread_mutex_lock(&lock);
    pthread_barrier_wait(&ready);
    while (!wanted)
        ;
    pthread_mutex_unlock(&lock);
    for (;;)
        pause();
}
/* Reads what comes, which it learns by poll. */
static void *drain(void *unused)
{
    static char buffer[4096];
    struct pollfd end = {ends[0], POLLIN, 0};
    pthread_barrier_wait(&ready);
    while (poll(&end, 1, -1) == 1)
        read(ends[0], buffer, sizeof buffer);
    write(2, "drain came back\n", 16);
    return NULL;
}
static void *fault(void *unused)
{
    *(volatile int *)8 = 1;
    return unused;
}
static void *leave(void *unused) { exit(0); }

/* --- what libc does at the very end ---------------------------------------------------------------- */

static void need_another_thread(void)
{
    static char much[300000];
    if (strcmp(how, "lock") == 0) {
        wanted = 1;
        pthread_mutex_lock(&lock);
    }
    if (strcmp(how, "pipe") == 0)
        write(ends[1], much, sizeof much);
}
static ssize_t write_last(void *unused, const char *text, size_t length)
{
    write(1, text, length);
    if (*how == '\0')
        return length;
    need_another_thread();
    /* Who counts again may have to wait for a processor. */
    long before = ticks, patience = strcmp(how, "flush") == 0 ? 3000000 : 10000000000;
    for (volatile long i = 0; i < patience && ticks == before; i++)
        ;
    const char *said = ticks == before ? "nobody counts\n" : "somebody counts\n";
    write(1, said, strlen(said));
    return length;
}

static void begin_threads(void)
{
    const int number = sizeof calls / sizeof *calls;
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, number + 4);
    for (int i = 0; i < number; i++)
        pthread_create(&thread, NULL, wait_in, (void *)&calls[i]);
    pthread_create(&thread, NULL, count, NULL);
    pthread_create(&thread, NULL, hold_lock, NULL);
    pthread_create(&thread, NULL, drain, NULL);
    pthread_barrier_wait(&ready);
    usleep(20000);
}
static int in_thread(void *(*work)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
    return 1;
}

static void end(const char *way)
{
    if (strcmp(way, "exit") == 0)
        exit(0);
    if (strcmp(way, "exit_thread") == 0)
        in_thread(leave);
    if (strcmp(way, "_exit") == 0)
        _exit(0);
    if (strcmp(way, "quick_exit") == 0)
        quick_exit(0);
    if (strcmp(way, "abort") == 0)
        abort();
    if (strcmp(way, "fault") == 0)
        in_thread(fault);
    if (strcmp(way, "by_TERM") == 0)
        kill(getpid(), SIGTERM);
}

int main(int argc, char **argv)
{
    how = argc > 2 ? argv[2] : "";
    pipe(ends);
    void *volatile lost = malloc(100);
    lost = NULL;
    begin_threads();
    static const cookie_io_functions_t last = {.write = write_last};
    stdout = fopencookie(NULL, "w", last);
    puts("the last words");
    end(argv[1]);
    return 0;
}
