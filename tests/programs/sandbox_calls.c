// flags: -D_GNU_SOURCE
/* syscall() and prctl() with results, errors, six arguments and a child on a stack of its own. */
#include "api.h"

#include <sched.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>

static char stack[65536] __attribute__((aligned(16)));

/* The child returns from syscall() to what lies on its stack. */
static void child(void) { _exit(4); }

int main(void)
{
    CHECK(syscall(SYS_getpid) == getpid());
    errno = 0;
    CHECK(syscall(SYS_close, 999) == -1 && errno == EBADF);
    CHECK(syscall(SYS_seccomp, 2, 0, 0) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_seccomp, 1, 0, 0) == -1 && errno == EFAULT);
    CHECK(syscall(SYS_seccomp, 77, 0, 0) == -1 && errno == EINVAL);
    char *page = (char *)syscall(SYS_mmap, NULL, 4096L, (long)(PROT_READ | PROT_WRITE), (long)(MAP_PRIVATE | MAP_ANONYMOUS), -1L, 0L);
    CHECK(page != MAP_FAILED);
    page[4095] = 1;
    CHECK(syscall(SYS_munmap, page, 4096L) == 0);
    void **top = (void **)(stack + sizeof stack - 64);
    *top = (void *)child;
    int status = 0;
    pid_t pid = (pid_t)syscall(SYS_clone, (long)(SIGCHLD), top, 0L, 0L, 0L);
    CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 4);
    char name[16] = "";
    CHECK(prctl(PR_SET_NAME, "a name", 0, 0, 0) == 0 && prctl(PR_GET_NAME, name, 0, 0, 0) == 0 && strcmp(name, "a name") == 0);
    errno = 0;
    CHECK(prctl(-1, 0, 0, 0, 0) == -1 && errno == EINVAL);
    errno = 0;
    CHECK(prctl(PR_SET_SECCOMP, 2, NULL) == -1 && errno == EFAULT);
    say("seccomp mode %d\n", prctl(PR_GET_SECCOMP, 0, 0, 0, 0));
    return tell();
}
