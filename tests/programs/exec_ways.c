/* exec_ways WAY PROGRAM [ARGUMENT...]: becomes PROGRAM, each way with something that makes it hard.
 *
 * threads: while others allocate. thread: by another thread than the first. locked: behind a filter that kills for
 * calls that the tracer's start makes. failing: after execs that fail, and a child that lists its descriptors.
 * closes: with all descriptors from 3 on closed behind libc's back. titled: with its environment's memory written over.
 * vforked: a child by vfork becomes it. bad_free: after a bad free. */
// flags: -pthread
#define _GNU_SOURCE
#include "older.h"
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

static void *allocate(void *unused)
{
    for (;;)
        free(malloc((size_t)rand() % 1000));
    return unused;
}

static void *become(void *program)
{
    char **arguments = program;
    execvp(arguments[0], arguments);
    perror(arguments[0]);
    exit(9);
}

static void lock_in(void)
{
    struct sock_filter code[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_flock, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof code / sizeof *code, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter, 0, 0);
}

static void fail_first(void)
{
    char *const none[] = {"none", NULL};
    for (int i = 0; i < 3; i++) {
        if (execv("/nonexistent/program", none) == -1 && errno != ENOENT)
            exit(8);
        if (execv("/etc/passwd", none) == -1 && errno != EACCES)
            exit(8);
        if (execve("/bin/true", (char *const *)8, environ) == -1 && errno != EFAULT)
            exit(8);
    }
    if (system("ls /proc/self/fd") != 0)
        exit(7);
}

static void write_over_environment(void)
{
    char *path = strdup(getenv("PATH"));
    for (char **entry = environ; *entry; entry++)
        memset(*entry, 'x', strlen(*entry));
    clearenv();
    setenv("PATH", path, 1);
}

static void spoil(void)
{
    void *volatile block = malloc(10);
    free(block);
    free(block);
}

int main(int count, char **arguments)
{
    const char *way = count > 2 ? arguments[1] : "";
    char **program = arguments + 2;
    pthread_t thread;
    void *volatile block = malloc(50);
    (void)block;
    if (!strcmp(way, "threads"))
        for (int i = 0; i < 3; i++)
            pthread_create(&thread, NULL, allocate, NULL);
    if (!strcmp(way, "locked"))
        lock_in();
    if (!strcmp(way, "failing"))
        fail_first();
    if (!strcmp(way, "closes"))
        syscall(SYS_close_range, 3, ~0u, 0);
    if (!strcmp(way, "titled"))
        write_over_environment();
    if (!strcmp(way, "bad_free"))
        spoil();
    if (!strcmp(way, "vforked")) {
        int status = 0;
        pid_t child = vfork();
        if (child == 0) {
            execvp(program[0], program);
            _exit(9);
        }
        waitpid(child, &status, 0);
        return WEXITSTATUS(status);
    }
    if (!strcmp(way, "thread")) {
        pthread_create(&thread, NULL, become, program);
        pthread_join(thread, NULL);
    }
    become(program);
    return 1;
}
