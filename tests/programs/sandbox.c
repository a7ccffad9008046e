// flags: -D_GNU_SOURCE
/* A program that locks itself in: from then on every system call that is not on its list kills it.
 * sandbox WAY: strict (SECCOMP_MODE_STRICT), prctl, seccomp (by syscall()), threads (made inside), narrow (a second
 * filter forbids more), fault (as narrow, and dies by SIGSEGV), child (a forked child locks itself in narrowly). */
#include "api.h"

#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#define LOAD(field) BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, field))
#define ALLOW(number) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, number, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)
#define ALLOW_THREADS                                                                                            \
    ALLOW(SYS_futex), ALLOW(SYS_clone), ALLOW(SYS_clone3), ALLOW(SYS_set_robust_list), ALLOW(SYS_rseq), ALLOW(SYS_rt_sigprocmask), ALLOW(SYS_exit), ALLOW(SYS_gettid), ALLOW(SYS_rt_sigaction), ALLOW(SYS_seccomp)

static struct sock_filter filter[] = {
    LOAD(arch), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AUDIT_ARCH_X86_64, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    LOAD(nr), ALLOW(SYS_write), ALLOW(SYS_exit_group), ALLOW(SYS_brk), ALLOW(SYS_munmap), ALLOW(SYS_mprotect), ALLOW(SYS_madvise), ALLOW_THREADS,
    /* mmap: of memory, not of files */
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mmap, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    LOAD(args[3]), BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, MAP_ANONYMOUS, 0, 1), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
};
static struct sock_fprog program = {sizeof filter / sizeof *filter, filter};

/* Not even these. */
static struct sock_filter more[] = {
    LOAD(nr), BPF_STMT(BPF_MISC | BPF_TAX, 0), BPF_STMT(BPF_ST, 3), BPF_STMT(BPF_LDX | BPF_MEM, 3), BPF_STMT(BPF_MISC | BPF_TXA, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigaction, 3, 0), BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_rt_sigprocmask, 2, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_gettid, 1, 0), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW), BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
};
static struct sock_fprog more_program = {sizeof more / sizeof *more, more};

static void lock_in(const char *way)
{
    CHECK(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0);
    if (strcmp(way, "strict") == 0) {
        CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT) == 0);
        return;
    }
    if (strcmp(way, "prctl") == 0)
        CHECK(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0);
    else
        CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &program) == 0);
    errno = 0;
    CHECK(syscall(SYS_gettid) > 0 && errno == 0);
    if (strcmp(way, "prctl") && strcmp(way, "seccomp") && strcmp(way, "threads"))
        CHECK(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &more_program) == 0);
}

static __attribute__((noinline)) void *allocate(int depth, size_t size)
{
    char room[3000];
    memset(room, depth, sizeof room);
    if (depth > 0) {
        void *block = allocate(depth - 1, size);
        return room[0] == depth ? block : NULL;
    }
    return malloc(size);
}
static __attribute__((noinline)) void *leak(void) { return malloc(100); }

/* Many stacks: 2^10 ways down. */
static __attribute__((noinline)) void left(unsigned way, int depth);
static __attribute__((noinline)) void right(unsigned way, int depth)
{
    if (depth == 0)
        free(malloc(30));
    else
        (way & 1 ? left : right)(way >> 1, depth - 1);
    __asm__ volatile("");
}
static __attribute__((noinline)) void left(unsigned way, int depth)
{
    if (depth == 0)
        free(malloc(20));
    else
        (way & 1 ? left : right)(way >> 1, depth - 1);
    __asm__ volatile("");
}

static void *work(void *blocks)
{
    void **kept = blocks;
    for (int i = 0; i < 60; i++)
        free(allocate(i * 10, 100 + i));
    for (unsigned way = 0; way < 1024; way++)
        left(way, 10);
    for (int i = 0; kept && i < 60000; i++)
        kept[i] = malloc(20);
    for (int i = 0; kept && i < 60000; i++)
        free(kept[i]);
    return NULL;
}

int main(int argc, char **argv)
{
    const char *way = argc > 1 ? argv[1] : "prctl";
    int is_strict = strcmp(way, "strict") == 0;
    leak();
    /* Strict mode: no brk, no mmap; malloc must have its memory already. */
    void **blocks = malloc(60000 * sizeof *blocks);
    for (int i = 0; i < 4000; i++)
        blocks[i] = malloc(20);
    for (int i = 3999; i >= 0; i--)
        free(blocks[i]);
    if (strcmp(way, "child") == 0) {
        pid_t child = fork();
        if (child == 0) {
            lock_in(way);
            free(malloc(1000));
            _exit(5);
        }
        int status = 0;
        waitpid(child, &status, 0);
        say("child %x\n", status);
        return 3;
    }
    lock_in(way);
    say("locked in\n");
    if (is_strict) {
        for (int i = 0; i < 8; i++)
            free(allocate(i, 20));
        for (unsigned turn = 0; turn < 1024; turn++)
            left(turn, 10);
    } else {
        work(blocks);
        if (strcmp(way, "threads") == 0) {
            pthread_t ids[3];
            for (int i = 0; i < 3; i++)
                CHECK(pthread_create(&ids[i], NULL, work, NULL) == 0);
            for (int i = 0; i < 3; i++)
                pthread_join(ids[i], NULL);
        }
    }
    leak();
    if (strcmp(way, "fault") == 0)
        *(volatile char *)8 = 1;
    say("done\n");
    if (is_strict)
        syscall(SYS_exit, 3);
    return 3;
}
