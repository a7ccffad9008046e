/* end_view: what a program sees of its signals, with and without the tracer: dispositions at the start,
 * after setting, restoring and dying handlers, its mask, and the children it may wait for. */
#define _GNU_SOURCE
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef void (*handler)(int);
handler sigset(int, handler);
handler bsd_signal(int, handler);
handler ssignal(int, handler);
handler sysv_signal(int, handler);
int siginterrupt(int, int);
int sigignore(int);

static volatile int handled;
static void count(int signal) { handled++; }

static const char *name_of(handler found)
{
    return found == SIG_DFL ? "default" : found == SIG_IGN ? "ignored" : found == SIG_ERR ? "error" : found == count ? "ours" : "unknown";
}
static unsigned long first_word(const sigset_t *set) { return *(const unsigned long *)set; }

static void show(const char *when, int number)
{
    struct sigaction action;
    memset(&action, 0x55, sizeof action);
    if (sigaction(number, NULL, &action) != 0)
        printf("%s: signal %d: errno %d\n", when, number, errno);
    else
        printf("%s: signal %d: %s flags %x mask %lx restorer %d\n", when, number, name_of(action.sa_handler), action.sa_flags,
               first_word(&action.sa_mask), action.sa_restorer != NULL);
}

static void at_start(void)
{
    sigset_t mask;
    for (int number = 0; number <= 65; number++)
        show("start", number);
    sigprocmask(SIG_BLOCK, NULL, &mask);
    printf("mask %lx\n", first_word(&mask));
}

/* Every way to set a disposition tells what was there before. */
static void by_every_function(int number)
{
    static handler (*const functions[])(int, handler) = {signal, bsd_signal, ssignal, sysv_signal, sigset};
    static const handler wanted[] = {count, SIG_DFL, SIG_DFL, SIG_IGN, SIG_DFL, SIG_ERR, count, count, SIG_DFL};
    for (int i = 0; i < 5; i++)
        for (int k = 0; k < 9; k++) {
            errno = 0;
            printf("function %d: before %s, errno %d\n", i, name_of(functions[i](number, wanted[k])), errno);
            show("then", number);
        }
    printf("out of range: %s\n", name_of(signal(0, count)));
    printf("out of range: %s %d\n", name_of(signal(65, count)), errno);
    printf("not allowed: %s %d\n", name_of(signal(SIGKILL, count)), errno);
    printf("libc's own: %s %d\n", name_of(signal(33, count)), errno);
    sigignore(number);
    show("sigignore", number);
    printf("hold: %s\n", name_of(sigset(number, (handler)2)));
    printf("held: %d\n", sigset(number, SIG_DFL) == (handler)2);
    show("sigset", number);
}

static void with_flags(int number)
{
    struct sigaction action = {.sa_handler = SIG_DFL, .sa_flags = SA_NODEFER | SA_RESTART | SA_ONSTACK | SA_NOCLDWAIT};
    struct sigaction before;
    sigaddset(&action.sa_mask, SIGUSR2);
    sigaction(number, &action, NULL);
    show("default with flags", number);
    action.sa_handler = count;
    action.sa_flags = SA_RESETHAND;
    sigaction(number, &action, &before);
    printf("before: %s %x %lx\n", name_of(before.sa_handler), before.sa_flags, first_word(&before.sa_mask));
    show("reset", number);
    raise(number);
    show("after a reset", number);
    printf("handled %d\n", handled);
    sigaction(number, &before, NULL);
    show("restored", number);
    siginterrupt(number, 1);
    show("interrupting default", number);
    signal(number, count);
    show("interrupting", number);
    siginterrupt(number, 0);
    show("restarting", number);
    signal(number, SIG_DFL);
}

static void in_children(void)
{
    int status;
    struct sigaction action = {.sa_handler = SIG_DFL};
    signal(SIGINT, count);
    fflush(stdout);
    pid_t child = vfork();
    if (child == 0) {
        sigaction(SIGINT, &action, NULL);
        sigaction(SIGTERM, NULL, &action);
        _exit(action.sa_handler == SIG_DFL ? 21 : 22);
    }
    waitpid(child, &status, 0);
    printf("vfork: %x\n", status);
    show("parent", SIGINT);
    child = fork();
    if (child == 0) {
        show("child", SIGINT);
        show("child", SIGTERM);
        fflush(stdout);
        signal(SIGINT, SIG_DFL);
        raise(SIGINT);
        _exit(1);
    }
    waitpid(child, &status, 0);
    printf("fork: %x\n", status);
    child = vfork();
    if (child == 0) {
        raise(SIGTERM);
        _exit(1);
    }
    waitpid(child, &status, 0);
    printf("vfork: %x\n", status);
    printf("no child: %d %d\n", wait(NULL), errno == ECHILD);
}

static void on_child(int signal) { write(1, "SIGCHLD\n", 8); }
static void look_for_children(void)
{
    int found = waitpid(-1, NULL, WNOHANG);
    printf("children at exit: %d %d\n", found, errno == ECHILD);
}

int main(void)
{
    at_start();
    by_every_function(SIGTERM);
    by_every_function(SIGCHLD);
    with_flags(SIGUSR1);
    with_flags(SIGWINCH);
    in_children();
    signal(SIGCHLD, on_child);
    atexit(look_for_children);
    malloc(10);
    return 0;
}
