#include "base/leftover.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

enum { LEFTOVER_KINDS = 4 };

static void (*volatile removers[LEFTOVER_KINDS])(void);
static volatile pid_t owner; /* a child has the list, too, until it is another program */
static sigset_t held;

static void leftover_remove(void)
{
    if (owner != getpid())
        return;
    for (size_t i = 0; i < LEFTOVER_KINDS && removers[i]; i++)
        removers[i]();
}

static void leftover_struck(int number)
{
    leftover_remove();
    signal(number, SIG_DFL);
    raise(number); /* when this has returned */
}

/* What is ignored stays so. */
static void leftover_watch_signals(void)
{
    static const int numbers[] = {SIGHUP,  SIGINT,  SIGQUIT, SIGPIPE, SIGTERM,
                                  SIGALRM, SIGUSR1, SIGUSR2, SIGXCPU, SIGXFSZ};
    struct sigaction ours = {.sa_handler = leftover_struck};
    struct sigaction before;

    sigfillset(&ours.sa_mask);
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        if (sigaction(numbers[i], NULL, &before) == 0 && before.sa_handler == SIG_DFL)
            sigaction(numbers[i], &ours, NULL);
}

void leftover_watch(void (*remove)(void))
{
    size_t i = 0;

    while (i < LEFTOVER_KINDS && removers[i] && removers[i] != remove)
        i++;
    if (i == LEFTOVER_KINDS || removers[i])
        return;
    removers[i] = remove;
    if (owner == getpid())
        return;
    owner = getpid();
    atexit(leftover_remove);
    leftover_watch_signals();
}

void leftover_hold(void)
{
    sigset_t all;

    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, &held);
}

void leftover_release(void)
{
    pthread_sigmask(SIG_SETMASK, &held, NULL);
}
