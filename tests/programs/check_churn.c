// flags: -pthread -ldl
/* check_churn CHECKS [LIBRARY]: two threads make CHECKS leak checks each while threads begin and end, processes are forked,
 * LIBRARY is opened and closed, and a timer's signal strikes every millisecond. The last check is under way while exit is
 * called. Prints how many checks failed or found another loss, and how many children ended badly. */
#include "../../tracer/leakreport.h"
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>

static atomic_int failed, different, bad_children, checkers, done;
static const char *library;
static int checks;

static __attribute__((noinline)) void lose(void)
{
    memset(malloc(40), 1, 40);
}

static void *check(void *unused)
{
    struct leakreport_leaks leaks;
    for (int i = 0; i < checks; i++) {
        failed += !leakreport_check(&leaks);
        different += leaks.definitely_lost_blocks != 1 || leaks.indirectly_lost_blocks != 0;
    }
    checkers++;
    while (leakreport_check(&leaks)) /* until the process ends */
        ;
    pause();
    return unused;
}

static void *live_shortly(void *unused)
{
    free(realloc(malloc(100), 3000));
    return unused;
}

static void *make_threads(void *unused)
{
    pthread_t threads[4];
    while (!done) {
        for (int i = 0; i < 4; i++)
            pthread_create(&threads[i], NULL, live_shortly, NULL);
        for (int i = 0; i < 4; i++)
            pthread_join(threads[i], NULL);
    }
    return unused;
}

static void *make_processes(void *unused)
{
    while (!done) {
        int status = -1;
        pid_t child = fork();
        if (child == 0) {
            free(malloc(100));
            leakreport_check(NULL);
            _exit(7);
        }
        while (waitpid(child, &status, 0) < 0 && errno == EINTR)
            ;
        bad_children += !WIFEXITED(status) || WEXITSTATUS(status) != 7;
    }
    return unused;
}

static void *load(void *unused)
{
    while (library && !done) {
        void *handle = dlopen(library, RTLD_NOW);
        if (handle)
            dlclose(handle);
    }
    return unused;
}

static void strike(int signal)
{
    (void)signal;
}

int main(int argc, char **argv)
{
    void *(*const work[])(void *) = {check, check, make_threads, make_processes, load};
    struct sigaction action = {.sa_handler = strike, .sa_flags = SA_RESTART};
    const struct itimerval every = {{0, 1000}, {0, 1000}};
    pthread_t thread;
    checks = argc > 1 ? atoi(argv[1]) : 1;
    library = argc > 2 ? argv[2] : NULL;
    leakreport_is_there(); /* not looked up for the first time in a child, where the loader's lock may be another thread's */
    lose();
    sigaction(SIGALRM, &action, NULL);
    setitimer(ITIMER_REAL, &every, NULL);
    for (size_t i = 0; i < sizeof work / sizeof *work; i++) {
        pthread_create(&thread, NULL, work[i], NULL);
        pthread_detach(thread);
    }
    while (checkers < 2)
        usleep(1000);
    done = 1;
    printf("failed %d, different %d, bad children %d\n", (int)failed, (int)different, (int)bad_children);
    exit(3);
}
