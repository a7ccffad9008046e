/* map_trapped [inherited]: maps under a filter that answers mremap with SIGSYS, which its handler makes a failure; that maps,
 * too. With an argument the filter is that of the program before an exec. */
#define _GNU_SOURCE
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <ucontext.h>
#include <unistd.h>

#define PAGE 4096ul

static volatile int trapped;

static void refuse(int signal, siginfo_t *info, void *context)
{
    (void)signal, (void)info;
    ((ucontext_t *)context)->uc_mcontext.gregs[REG_RAX] = -1; /* EPERM */
    trapped += mmap(NULL, PAGE, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) != MAP_FAILED;
}

static int lock_in(void)
{
    struct sock_filter steps[] = {
        BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
        BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mremap, 0, 1),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_TRAP),
        BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    };
    struct sock_fprog filter = {sizeof steps / sizeof *steps, steps};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) || prctl(PR_SET_SECCOMP, 2, &filter, 0, 0);
}

int main(int count, char **arguments)
{
    struct sigaction action = {.sa_sigaction = refuse, .sa_flags = SA_SIGINFO};
    bool is_locked = count > 1 && arguments[1][0] == '\0';
    sigaction(SIGSYS, &action, NULL);
    if (!is_locked && lock_in())
        return 3;
    if (count > 1 && !is_locked)
        return execl(arguments[0], arguments[0], "", NULL);
    void *kept = mmap(NULL, 2 * PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void *moved = mremap(kept, 2 * PAGE, 4 * PAGE, MREMAP_MAYMOVE);
    puts(moved == MAP_FAILED && trapped == 1 ? "refused" : "not refused");
    return 0;
}
