/* run_seat WAY …: what a program sees of how it was started.
 *
 * signals FILE: writes each signal that it catches to FILE, a line each, until it gets SIGUSR2;
 * ready: FILE begins with its process id. close FILE: closes its standard output, and waits until
 * FILE is there. early: prints how often it gets a signal that is sent to its group at once. */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static int out;
static volatile sig_atomic_t done;

static void note(int number, siginfo_t *info, void *context)
{
    char line[32];
    int length = snprintf(line, sizeof line, "%d %d\n", number,
                          info->si_code == SI_QUEUE ? info->si_value.sival_int : 0);
    if (write(out, line, (size_t)length) < 0)
        _exit(1);
    done = number == SIGUSR2;
}

static int note_signals(const char *file)
{
    struct sigaction action = {.sa_sigaction = note, .sa_flags = SA_SIGINFO};
    char line[32];
    sigset_t none, all;

    out = open(file, O_WRONLY | O_CREAT | O_APPEND | O_TRUNC, 0600);
    sigfillset(&all);
    sigprocmask(SIG_BLOCK, &all, NULL);
    sigfillset(&action.sa_mask);
    for (int number = 1; number < 65; number++)
        if (number != SIGTSTP && number != SIGCHLD)
            sigaction(number, &action, NULL);
    int length = snprintf(line, sizeof line, "%d\n", (int)getpid());
    if (write(out, line, (size_t)length) < 0)
        return 1;
    sigemptyset(&none);
    while (!done)
        sigsuspend(&none);
    return 0;
}

static int close_output(const char *file)
{
    close(STDOUT_FILENO);
    for (int round = 0; round < 3000; round++) {
        if (access(file, F_OK) == 0)
            return 0;
        usleep(10000);
    }
    return 1;
}

static volatile sig_atomic_t early_count;

static void count_early(int number)
{
    early_count += number == SIGUSR1;
}

static int get_early_signals(void)
{
    signal(SIGUSR1, count_early);
    if (fork() == 0) {
        signal(SIGUSR1, SIG_IGN);
        kill(0, SIGUSR1);
        _exit(0);
    }
    while (wait(NULL) < 0) {
    }
    for (int round = 0; round < 3; round++)
        usleep(20000); /* a second one cuts one of them short */
    printf("%d\n", (int)early_count);
    return 0;
}

int main(int count, char **arguments)
{
    if (count == 3 && strcmp(arguments[1], "signals") == 0)
        return note_signals(arguments[2]);
    if (count == 3 && strcmp(arguments[1], "close") == 0)
        return close_output(arguments[2]);
    if (count == 2 && strcmp(arguments[1], "early") == 0)
        return get_early_signals();
    return 2;
}
