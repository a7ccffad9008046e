// flags: -pthread -ldl
/* live_server [LIBRARY]: a server that goes on: threads that wait in every call that signals cut short, threads that
 * allocate and free all the time, threads that begin and end. Its leaks are known: 7 chains of three blocks (48, 64 and
 * 80 bytes), whose heads are lost; 1,000 blocks of a list and 20 of an array are held. Reads lines: "wait" says how many
 * calls were interrupted and how many children it found that it did not make; "lose" loses one more chain; "fork" forks,
 * "open" opens and closes LIBRARY, each in a thread for good; "exec" becomes /bin/cat; "limit" leaves no space for another
 * process; "end" ends. */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

struct node {
    struct node *next;
    char rest[40];
};
static struct node *list;
static struct node *array[20];
static atomic_int interrupted, foreign, ended_badly;

static __attribute__((noinline)) struct node *make(size_t size)
{
    struct node *made = calloc(1, size);
    return made;
}

static __attribute__((noinline)) void lose(void)
{
    struct node *volatile head = make(48);
    head->next = make(64);
    head->next->next = make(80);
    head = NULL;
}

static void note(int result)
{
    interrupted += result < 0 && errno == EINTR;
}

static void *wait_in_poll(void *unused)
{
    for (;;)
        note(poll(NULL, 0, 50));
    return unused;
}

static void *wait_in_epoll(void *unused)
{
    int set = epoll_create1(0);
    struct epoll_event event;
    for (;;)
        note(epoll_wait(set, &event, 1, 50));
    return unused;
}

static void *wait_in_select(void *unused)
{
    for (;;) {
        struct timeval limit = {0, 50000};
        note(select(0, NULL, NULL, NULL, &limit));
    }
    return unused;
}

static void *wait_asleep(void *unused)
{
    for (;;) {
        struct timespec limit = {0, 50000000};
        note(nanosleep(&limit, NULL));
    }
    return unused;
}

static void *wait_for_semaphore(void *unused)
{
    sem_t never;
    sem_init(&never, 0, 0);
    for (;;) {
        struct timespec limit;
        clock_gettime(CLOCK_REALTIME, &limit);
        limit.tv_sec++;
        note(sem_timedwait(&never, &limit));
    }
    return unused;
}

static void *work(void *seed)
{
    void *kept[64] = {0};
    for (unsigned i = 0, n = (unsigned)(size_t)seed; ; i++) {
        n = n * 1103515245u + 12345u;
        free(kept[n >> 8 & 63]);
        kept[n >> 8 & 63] = malloc(16 + (n >> 16 & 255));
        if (i % 256 == 0)
            usleep(500);
    }
    return NULL;
}

static void *end_at_once(void *unused)
{
    free(malloc(100));
    return unused;
}

static void *make_threads(void *unused)
{
    for (;;) {
        pthread_t thread;
        if (pthread_create(&thread, NULL, end_at_once, NULL) == 0)
            pthread_join(thread, NULL);
        usleep(2000);
    }
    return unused;
}

static void *fork_on(void *unused)
{
    for (;;) {
        pid_t child = fork();
        int status = 0;
        if (child == 0)
            _exit(7);
        ended_badly += child > 0 && (waitpid(child, &status, 0) != child || WEXITSTATUS(status) != 7);
        usleep(3000);
    }
    return unused;
}

static void *open_on(void *library)
{
    for (;;) {
        void *handle = dlopen(library, RTLD_NOW);
        if (handle)
            dlclose(handle);
        usleep(1000);
    }
    return NULL;
}

static void begin(void *(*body)(void *), void *argument)
{
    pthread_t thread;
    pthread_create(&thread, NULL, body, argument);
    pthread_detach(thread);
}

static void leave_no_process(void)
{
    const struct rlimit none = {0, 0};
    setrlimit(RLIMIT_NPROC, &none);
    if (geteuid() == 0 && setresuid(65534, 65534, 65534) != 0)
        abort();
}

int main(int count, char **arguments)
{
    char line[64];
    int forks = 0;
    for (int i = 0; i < 1000; i++) {
        struct node *node = make(48);
        node->next = list;
        list = node;
    }
    for (int i = 0; i < 20; i++)
        array[i] = make(96);
    for (int i = 0; i < 7; i++)
        lose();
    void *(*const waits[])(void *) = {wait_in_poll, wait_in_epoll, wait_in_select, wait_asleep, wait_for_semaphore};
    for (size_t i = 0; i < sizeof waits / sizeof *waits; i++)
        begin(waits[i], NULL);
    for (size_t i = 1; i <= 3; i++)
        begin(work, (void *)i);
    begin(make_threads, NULL);
    printf("ready\n");
    fflush(stdout);
    while (errno = 0, fgets(line, sizeof line, stdin)) {
        if (strcmp(line, "wait\n") == 0) {
            foreign += !forks && (waitpid(-1, NULL, WNOHANG) != -1 || errno != ECHILD);
            printf("interrupted %d, foreign children %d, ended badly %d\n", (int)interrupted, (int)foreign, (int)ended_badly);
        } else if (strcmp(line, "lose\n") == 0)
            lose();
        else if (strcmp(line, "fork\n") == 0)
            forks = 1, begin(fork_on, NULL);
        else if (strcmp(line, "open\n") == 0 && count > 1)
            begin(open_on, arguments[1]);
        else if (strcmp(line, "exec\n") == 0)
            execl("/bin/cat", "cat", NULL);
        else if (strcmp(line, "limit\n") == 0)
            leave_no_process();
        else if (strcmp(line, "end\n") == 0)
            return 0;
        if (strcmp(line, "wait\n") != 0)
            printf("%s", line);
        fflush(stdout);
    }
    return errno ? 3 : 4;
}
