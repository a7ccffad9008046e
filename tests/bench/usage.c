/* usage FILE COMMAND…: runs it and appends one line to FILE: processor time and wall time in
 * microseconds, the largest process's memory in kB, the exit status. Counts every descendant, also
 * those that their parents did not wait for: they are handed to this process, which waits for the
 * last of them. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long microseconds(struct timeval t)
{
    return t.tv_sec * 1000000L + t.tv_usec;
}

static long now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_MONOTONIC, &t);
    return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

int main(int count, char **arguments)
{
    if (count < 3)
        return 2;
    FILE *out = fopen(arguments[1], "ae");
    if (!out)
        return 2;
    prctl(PR_SET_CHILD_SUBREAPER, 1);
    long begun = now();
    pid_t child = fork();
    if (child == 0) {
        execvp(arguments[2], arguments + 2);
        _exit(127);
    }
    int status = 0, one;
    for (pid_t pid; (pid = wait(&one)) > 0 || errno == EINTR;)
        if (pid == child)
            status = WIFEXITED(one) ? WEXITSTATUS(one) : 128 + WTERMSIG(one);
    struct rusage used;
    getrusage(RUSAGE_CHILDREN, &used);
    fprintf(out, "%ld %ld %ld %d\n", microseconds(used.ru_utime) + microseconds(used.ru_stime),
            now() - begun, used.ru_maxrss, status);
    fclose(out);
    return status;
}
