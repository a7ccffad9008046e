/* end_status PROGRAM ARGUMENT…: how it ended, as its parent is told: "exited N", or "signal N" and
 * whether a core was dumped. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int count, char **arguments)
{
    int status;
    pid_t child = fork();
    if (child == 0) {
        execvp(arguments[1], arguments + 1);
        _exit(127);
    }
    waitpid(child, &status, 0);
    if (WIFEXITED(status))
        printf("exited %d\n", WEXITSTATUS(status));
    else
        printf("signal %d%s\n", WTERMSIG(status), WCOREDUMP(status) ? ", core dumped" : "");
    return 0;
}
