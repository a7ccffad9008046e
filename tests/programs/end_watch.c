/* end_watch COMMAND…: runs it as a debugger does. At its first SIGBUS the file ./grows gets a page. Says the last
 * signal that struck, as the kernel describes it, and how the process ended. */
#define _GNU_SOURCE
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <unistd.h>

/* Which options are set matters to nobody; what it executes is told by an event, not by SIGTRAP. */
static pid_t begin(char **command)
{
    pid_t child = fork();
    if (child == 0) {
        ptrace(PTRACE_TRACEME, 0, 0, 0);
        raise(SIGSTOP);
        execvp(command[0], command);
        _exit(127);
    }
    waitpid(child, NULL, 0);
    ptrace(PTRACE_SETOPTIONS, child, 0, PTRACE_O_TRACEEXEC | PTRACE_O_TRACECLONE | PTRACE_O_EXITKILL);
    ptrace(PTRACE_CONT, child, 0, 0);
    return child;
}

static void tell(const siginfo_t *blow, int status)
{
    printf("signal %d code %d page offset %d\n", blow->si_signo, blow->si_code,
           blow->si_code > 0 ? (int)((long)blow->si_addr & 4095) : 0);
    if (WIFEXITED(status))
        printf("exited %d\n", WEXITSTATUS(status));
    else
        printf("ended by signal %d\n", WTERMSIG(status));
}

int main(int argc, char **argv)
{
    pid_t child = begin(argv + 1);
    siginfo_t blow = {0};
    for (int status;;) {
        pid_t who = waitpid(-1, &status, __WALL);
        if (WIFEXITED(status) || WIFSIGNALED(status)) {
            if (who == child) {
                tell(&blow, status);
                return 0;
            }
            continue;
        }
        int number = WSTOPSIG(status);
        if (status >> 16 || number == SIGSTOP)
            number = 0;
        else if (number != 33)
            ptrace(PTRACE_GETSIGINFO, who, 0, &blow);
        if (number == SIGBUS)
            truncate("grows", 4096);
        ptrace(PTRACE_CONT, who, 0, number);
    }
}
