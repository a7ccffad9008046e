/* end_ways WAY: leaks 100 bytes with 50 behind them, holds 300 (and 200 in each of two threads that sleep),
 * and ends in the way that it is told. What it prints must not depend on being traced. */
#define _GNU_SOURCE
#include "leak.h"
#include "older.h"
#include <fcntl.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static void *held;
static jmp_buf back;
static volatile int zero;

static APART void leak(void)
{
    node(100, node(50, NULL));
    held = node(300, NULL);
}

static void say(const char *text)
{
    write(1, text, strlen(text));
    write(1, "\n", 1);
}

/* --- what ends it ------------------------------------------------------------------------------- */

static void say_atexit(void) { say("atexit"); }
static void free_atexit(void)
{
    free(held);
    held = NULL;
    say("at_quick_exit");
}
static void *exit_in_thread(void *unused) { exit(7); }
static void *outlive(void *unused)
{
    usleep(20000);
    say("thread outlives main");
    return unused;
}
static void wait_here(void)
{
    for (;;)
        pause();
}
static void *sleep_with_block(void *ready)
{
    void *volatile block = node(200, NULL);
    pthread_barrier_wait(ready);
    wait_here();
    return block;
}
static void begin_threads(void)
{
    static pthread_barrier_t ready;
    pthread_t thread;
    pthread_barrier_init(&ready, NULL, 3);
    for (int i = 0; i < 2; i++)
        pthread_create(&thread, NULL, sleep_with_block, &ready);
    pthread_barrier_wait(&ready);
}

static void return_from_it(int signal) { say("handler returns"); }
static void exit_from_it(int signal)
{
    say("handler exits");
    exit(9);
}
static void fast_exit_from_it(int signal)
{
    say("handler exits fast");
    _exit(10);
}
static void jump_from_it(int signal)
{
    say("handler jumps");
    siglongjmp(back, 1);
}
static void die_from_it(int number)
{
    say("handler dies by default");
    signal(number, SIG_DFL);
    raise(number);
}
static void handle(int number, void (*handler)(int), int flags)
{
    struct sigaction action = {.sa_handler = handler, .sa_flags = flags};
    sigaction(number, &action, NULL);
}

static APART void fault(void) { *(volatile int *)8 = 1; }
static APART void bus(void)
{
    int fd = memfd_create("empty", 0);
    *(volatile int *)mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0) = 1;
}
static APART void divide(void) { zero = 7 / zero; }
static APART void illegal(void) { __asm__ volatile("ud2"); }
static APART void trap(void) { __asm__ volatile("int3"); }
static APART int overflow(int depth)
{
    volatile char room[8192];
    room[depth % 8192] = 1;
    return overflow(depth + 1) + room[1];
}
/* A size that cannot be, in front of a block: libc's own check aborts, inside malloc. */
static APART void corrupt(void)
{
    size_t *block = malloc(2000);
    size_t *next = malloc(2000);
    size_t *last = malloc(2000);
    next[-1] = 0x7fffffff1;
    free(next);
}
static void *fault_in_thread(void *unused)
{
    fault();
    return unused;
}
static void broken_pipe(void)
{
    int ends[2];
    pipe(ends);
    close(ends[0]);
    write(ends[1], "x", 1);
}
static void in_thread(void *(*work)(void *))
{
    pthread_t thread;
    pthread_create(&thread, NULL, work, NULL);
    pthread_join(thread, NULL);
}

/* Raises SIGNAL as the way's name says: at its default, or with a handler. */
static void by_signal(int number, const char *how)
{
    if (strcmp(how, "handler_exits") == 0)
        handle(number, exit_from_it, 0);
    else if (strcmp(how, "handler_exits_fast") == 0)
        handle(number, fast_exit_from_it, 0);
    else if (strcmp(how, "handler_returns") == 0)
        handle(number, return_from_it, 0);
    else if (strcmp(how, "handler_dies") == 0)
        handle(number, die_from_it, 0);
    else if (strcmp(how, "reset") == 0)
        handle(number, return_from_it, SA_RESETHAND);
    else if (strcmp(how, "ignored") == 0)
        signal(number, SIG_IGN);
    else if (strcmp(how, "restored") == 0)
        signal(number, signal(number, return_from_it));
    else if (strcmp(how, "threads") == 0)
        begin_threads();
    raise(number);
    say("after the signal");
    if (strcmp(how, "reset") == 0)
        raise(number);
}

static int number_of(const char *name)
{
    for (int number = 1; number < 32; number++)
        if (sigabbrev_np(number) && strcmp(sigabbrev_np(number), name) == 0)
            return number;
    return SIGRTMIN;
}

static void by_abort(const char *how)
{
    if (strcmp(how, "handler_returns") == 0)
        signal(SIGABRT, return_from_it);
    if (strcmp(how, "handler_exits") == 0)
        signal(SIGABRT, exit_from_it);
    if (strcmp(how, "ignored") == 0)
        signal(SIGABRT, SIG_IGN);
    if (strncmp(how, "blocked", 7) == 0) {
        sigset_t set;
        if (strcmp(how, "blocked_handler") == 0)
            signal(SIGABRT, return_from_it);
        if (strcmp(how, "blocked_ignored") == 0)
            signal(SIGABRT, SIG_IGN);
        sigemptyset(&set);
        sigaddset(&set, SIGABRT);
        sigprocmask(SIG_BLOCK, &set, NULL);
    }
    if (strcmp(how, "handler_jumps") == 0) {
        signal(SIGABRT, jump_from_it);
        if (sigsetjmp(back, 1)) {
            say("abort left");
            return;
        }
    }
    if (strcmp(how, "threads") == 0)
        begin_threads();
    abort();
}

static int end(const char *way, const char *how)
{
#define WAY(name) if (strcmp(way, #name) == 0)
    WAY(return) return 3;
    WAY(exit) { atexit(say_atexit); exit(4); }
    WAY(exit_thread) in_thread(exit_in_thread);
    WAY(exit_threads) { begin_threads(); exit(5); }
    WAY(pthread_exit)
    {
        pthread_t thread;
        pthread_create(&thread, NULL, outlive, NULL);
        pthread_detach(thread);
        pthread_exit(NULL);
    }
    WAY(quick_exit) { atexit(say_atexit); at_quick_exit(free_atexit); quick_exit(6); }
    WAY(_exit) { atexit(say_atexit); _exit(8); }
    WAY(_Exit) { atexit(say_atexit); _Exit(257); }
    WAY(exit_group) syscall(SYS_exit_group, 11);
    WAY(abort) by_abort(how);
    WAY(corrupt) corrupt();
    WAY(SEGV) fault();
    WAY(SEGV_thread) in_thread(fault_in_thread);
    WAY(BUS) bus();
    WAY(FPE) divide();
    WAY(ILL) illegal();
    WAY(TRAP) trap();
    WAY(PIPE) broken_pipe();
    WAY(overflow) overflow(0);
    WAY(undumpable) prctl(PR_SET_DUMPABLE, 0);
    if (strncmp(way, "by_", 3) == 0)
        by_signal(number_of(way + 3), how);
    return 0;
}

int main(int count, char **arguments)
{
    leak();
    forget();
    say("begin");
    return end(arguments[1], count > 2 ? arguments[2] : "");
}
