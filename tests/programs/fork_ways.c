// flags: -lutil
/* fork_ways WAY: leaks 100 bytes with 50 behind them, holds 300, and makes children that each lose 70 bytes
 * more, free what they inherited and hold 40. Waits for them, says how they ended; ends with status 3. */
#define _GNU_SOURCE
#include "leak.h"
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <pty.h>
#include <signal.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#if __GLIBC_PREREQ(2, 34)
pid_t _Fork(void);
#else
#define _Fork() (fputs("this libc has no _Fork\n", stderr), exit(77), 0)
#endif

static void *held;
static void *kept;

static APART void leak(void)
{
    node(100, node(50, NULL));
    held = node(300, NULL);
}
static APART void lose_in_child(void)
{
    node(70, NULL);
}
static void work_in_child(void)
{
    free(held);
    held = NULL;
    lose_in_child();
    kept = node(40, NULL);
    forget();
}
static void await(pid_t child)
{
    int status = 0;
    pid_t found;
    while ((found = waitpid(child, &status, 0)) < 0 && errno == EINTR)
        ;
    printf("found %d, status %x\n", found == child, status);
    fflush(stdout);
}
static void work_and_exit(int status)
{
    work_in_child();
    exit(status);
}
/* The grandchild is nobody's to wait for: this pipe ends with it. */
static int pipe_ends[2];
static void await_pipe(void)
{
    char byte;
    close(pipe_ends[1]);
    while (read(pipe_ends[0], &byte, 1) > 0)
        ;
}

static void *fork_in_thread(void *unused)
{
    pid_t child = fork();
    if (child == 0)
        work_and_exit(21);
    await(child);
    return unused;
}
static void on_signal(int signal)
{
    pid_t child = fork();
    if (child == 0) {
        work_in_child();
        _exit(22);
    }
    await(child);
}

static void run(const char *way)
{
    pid_t child;
#define WAY(name) if (strcmp(way, #name) == 0)
#define CHILD(make) if ((child = make) == 0)
    WAY(exit) CHILD(fork()) work_and_exit(11); else await(child);
    WAY(_exit) CHILD(fork()) { work_in_child(); _exit(12); } else await(child);
    WAY(quick_exit) CHILD(fork()) { work_in_child(); quick_exit(13); } else await(child);
    WAY(abort) CHILD(fork()) { work_in_child(); abort(); } else await(child);
    WAY(fault) CHILD(fork()) { work_in_child(); *(volatile int *)8 = 1; } else await(child);
    WAY(killed) CHILD(fork()) { work_in_child(); kill(getpid(), SIGKILL); } else await(child);
    WAY(bad_free) CHILD(fork()) { char *old = held; work_in_child(); free(old); exit(16); } else await(child);
    WAY(exec) CHILD(fork()) { work_in_child(); execl("/bin/sh", "sh", "-c", "exit 5", NULL); } else await(child);
    WAY(exec_fails) CHILD(fork()) { execl("/nonexistent", "x", NULL); work_and_exit(17); } else await(child);
    WAY(thread)
    {
        pthread_t thread;
        pthread_create(&thread, NULL, fork_in_thread, NULL);
        pthread_join(thread, NULL);
    }
    WAY(handler)
    {
        signal(SIGUSR1, on_signal);
        raise(SIGUSR1);
    }
    WAY(again)
    {
        CHILD(fork())
        {
            CHILD(fork()) work_and_exit(18);
            await(child);
            work_and_exit(19);
        }
        await(child);
    }
    WAY(twice) for (int i = 0; i < 2; i++) { CHILD(fork()) work_and_exit(20 + i); await(child); }
    WAY(daemon)
    {
        pipe(pipe_ends);
        CHILD(fork())
        {
            if (daemon(0, 1) == 0)
                work_and_exit(0);
            exit(9);
        }
        await(child);
        await_pipe();
    }
    WAY(forkpty)
    {
        int terminal;
        CHILD(forkpty(&terminal, NULL, NULL, NULL)) work_and_exit(23); else await(child);
    }
    WAY(_Fork) CHILD(_Fork()) { work_in_child(); _exit(24); } else await(child);
    WAY(clone) CHILD(syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) { work_in_child(); _exit(25); } else await(child);
    WAY(vfork) CHILD(vfork()) _exit(26); else await(child);
    WAY(sigkill_at_once)
    {
        CHILD(fork())
        {
            kill(getpid(), SIGKILL);
        }
        await(child);
    }
}

int main(int count, char **arguments)
{
    static char buffer[4096];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    leak();
    forget();
    run(arguments[1]);
    fflush(stdout);
    return 3;
}
