// flags: -O0 -g -fno-builtin
/* A program with its own ideas of SIGSEGV, and wrong accesses between: nothing that it prints may tell that somebody
 * else takes these. Two of them are in a child. */
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static sigjmp_buf back;
static volatile int hits, sink;

static void own(int number, siginfo_t *info, void *context)
{
    (void)number;
    (void)context;
    hits += info->si_addr == (void *)8 && info->si_code == SEGV_MAPERR;
    siglongjmp(back, 1);
}
static void fault(void)
{
    if (!sigsetjmp(back, 1))
        *(volatile int *)8 = 1;
}
static char *freed(size_t size)
{
    char *p = malloc(size);
    memset(p, 0, size);
    free(p);
    return p;
}
static void full_mask(int number)
{
    (void)number;
    sink = freed(32)[3];
}
static void *blocks_all(void *context)
{
    sigset_t all, now;
    sigfillset(&all);
    pthread_sigmask(SIG_BLOCK, &all, NULL);
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    sink = freed(40)[1];
    printf("thread blocks SIGSEGV: %d\n", sigismember(&now, SIGSEGV));
    sigprocmask(SIG_UNBLOCK, &all, &now);
    printf("and did: %d\n", sigismember(&now, SIGSEGV));
    pthread_sigmask(SIG_BLOCK, NULL, &now);
    printf("and does: %d\n", sigismember(&now, SIGSEGV));
    return context;
}
static int in_child(void (*work)(char *), char *argument)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        work(argument);
        _exit(9);
    }
    waitpid(child, &status, 0);
    return WIFSIGNALED(status) ? -WTERMSIG(status) : WEXITSTATUS(status);
}
static void touch(char *p)
{
    p[0] = 'x';
    char *own_block = malloc(30);
    free(own_block);
    _exit(p[0] == 'x' ? 3 : 4);
}
static void die(char *p)
{
    (void)p;
    *(volatile int *)8 = 1;
}

int main(void)
{
    struct sigaction action = {.sa_sigaction = own, .sa_flags = SA_SIGINFO}, old;
    pthread_t thread;
    setvbuf(stdout, NULL, _IONBF, 0);
    sigfillset(&action.sa_mask);
    sigaction(SIGSEGV, &action, NULL);
    sigaction(SIGSEGV, NULL, &old);
    printf("handler %d mask %d flags %d\n", old.sa_sigaction == own, sigismember(&old.sa_mask, SIGSEGV), old.sa_flags);
    fault();
    sink = freed(24)[1];
    fault();
    printf("hits %d\n", hits);

    struct sigaction other = {.sa_handler = full_mask};
    sigfillset(&other.sa_mask);
    sigaction(SIGUSR1, &other, NULL);
    sigaction(SIGUSR1, NULL, &old);
    printf("mask of SIGUSR1 %d\n", sigismember(&old.sa_mask, SIGSEGV));
    raise(SIGUSR1);
    pthread_create(&thread, NULL, blocks_all, NULL);
    pthread_join(thread, NULL);

    signal(SIGSEGV, SIG_IGN);
    sink = freed(16)[2];
    kill(getpid(), SIGSEGV);
    printf("ignored %d\n", signal(SIGSEGV, SIG_DFL) == SIG_IGN);
    char *p = freed(200);
    printf("child %d, %d\n", in_child(touch, p), in_child(die, NULL));
    return 0;
}
