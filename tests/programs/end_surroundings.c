/* end_surroundings [HARDSHIP [alone]]: loses 100 bytes with 50 behind them, may lose 70 (an interior pointer is left), holds
 * 300, and 200 in the registers and the stack of another thread; takes some liberty away from itself first. */
#define _GNU_SOURCE
#include "leak.h"
#include "older.h"
#include <errno.h>
#include <sched.h>
#include <sys/stat.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>

static void *held;
static char *inside;
static pthread_barrier_t ready;

static APART void leak(void)
{
    node(100, node(50, NULL));
    inside = (char *)node(70, NULL) + 8;
    held = node(300, NULL);
}
static void *hold(void *unused)
{
    void *volatile block = node(200, NULL);
    pthread_barrier_wait(&ready);
    for (;;)
        pause();
    return block;
}

/* Answers the calls with EPERM, as container runtimes do. */
static void forbid(const int *calls, int count)
{
    struct sock_filter code[64] = {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))};
    int used = 1;
    for (int i = 0; i < count; i++) {
        code[used++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, calls[i], 0, 1);
        code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
    }
    code[used++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
    struct sock_fprog program = {used, code};
    prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
    if (prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) != 0)
        perror("seccomp"), _exit(99);
}

static void endure(const char *hardship)
{
    static const int memory[] = {SYS_process_vm_readv, SYS_process_vm_writev, SYS_ptrace};
    static const int strict[] = {SYS_process_vm_readv, SYS_process_vm_writev, SYS_ptrace, SYS_clone, SYS_clone3, SYS_fork, SYS_vfork,
                                 SYS_close_range, SYS_execve, SYS_openat2};
    if (strcmp(hardship, "undumpable") == 0)
        prctl(PR_SET_DUMPABLE, 0);
    if (strcmp(hardship, "no_ptrace") == 0)
        forbid(memory, sizeof memory / sizeof *memory);
    if (strcmp(hardship, "no_fork") == 0)
        forbid(strict, sizeof strict / sizeof *strict);
    if (strcmp(hardship, "no_files") == 0)
        setrlimit(RLIMIT_NOFILE, &(struct rlimit){0, 0});
    if (strcmp(hardship, "few_files") == 0) {
        struct rlimit limit;
        getrlimit(RLIMIT_NOFILE, &limit);
        limit.rlim_cur = 0;
        setrlimit(RLIMIT_NOFILE, &limit);
    }
    if (strcmp(hardship, "chroot") == 0 || strcmp(hardship, "bare_chroot") == 0) {
        mkdir("empty", 0700);
        if (geteuid() != 0)
            unshare(CLONE_NEWUSER);
        if ((*hardship == 'c' ? chroot("empty") : syscall(SYS_chroot, "empty")) != 0 || chdir("/") != 0)
            perror("chroot"), _exit(99);
    }
    if (strcmp(hardship, "no_processes") == 0)
        setrlimit(RLIMIT_NPROC, &(struct rlimit){0, 0});
}

int main(int count, char **arguments)
{
    pthread_t thread;
    leak();
    pthread_barrier_init(&ready, NULL, 2);
    if (count < 3) {
        pthread_create(&thread, NULL, hold, NULL);
        pthread_barrier_wait(&ready);
    }
    forget();
    if (count > 1)
        endure(arguments[1]);
    puts("endured");
    return 3;
}
