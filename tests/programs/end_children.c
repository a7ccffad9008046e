/* end_children WAY: leaks 100 bytes with 50 behind them, holds 300, and makes a child or becomes another
 * program in the way that it is told. Prints what it sees of its children; ends with status 3. */
#define _GNU_SOURCE
#include "leak.h"
#include "older.h"
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>

extern char **environ;
static void *held;
static char *shell[] = {"sh", "-c", "echo from the shell; exit 5", NULL};

static APART void leak(void)
{
    node(100, node(50, NULL));
    held = node(300, NULL);
}
static void await(pid_t child)
{
    int status = 0;
    pid_t found = waitpid(child, &status, 0);
    printf("found %d, status %x\n", found == child, status);
    fflush(stdout);
}
/* In the child: frees and allocates, which the parent's books must not show. */
static void work_in_child(void)
{
    free(held);
    for (int i = 0; i < 1000; i++)
        malloc(1000);
}

static int run(const char *way)
{
    pid_t child;
#define WAY(name) if (strcmp(way, #name) == 0)
    WAY(execv) execv("/bin/sh", shell);
    WAY(execve) execve("/bin/sh", shell, environ);
    WAY(execvp) execvp("sh", shell);
    WAY(execvpe) execvpe("sh", shell, environ);
    WAY(execl) execl("/bin/sh", "sh", "-c", "echo $0 $1 $2; exit 6", "one", "two", "three", NULL);
    WAY(execlp) execlp("sh", "sh", "-c", "echo $0 $1; exit 6", "one", "two", NULL);
    WAY(execle) execle("/bin/sh", "sh", "-c", "echo $0 $ONLY; exit 6", "one", NULL, (char *[]){"ONLY=this", NULL});
    WAY(execveat) execveat(AT_FDCWD, "/bin/sh", shell, environ, 0);
    WAY(execveat_fd) execveat(open("/bin", O_RDONLY), "sh", shell, environ, 0);
    WAY(fexecve) fexecve(open("/bin/sh", O_RDONLY), shell, environ);
    WAY(exec_fails)
    {
        int a = execl("/nonexistent/program", "x", NULL);
        int first = errno;
        int b = execvp("no-such-program-anywhere", shell);
        int second = errno;
        int c = execv("/etc/passwd", shell);
        printf("%d %d, %d %d, %d %d\n", a, first, b, second, c, errno);
        free(held);
        held = malloc(250);
    }
    WAY(vfork_exec)
    {
        if ((child = vfork()) == 0) {
            execv("/bin/sh", shell);
            _exit(1);
        }
        await(child);
    }
    WAY(vfork_exit)
    {
        if ((child = vfork()) == 0)
            _exit(7);
        await(child);
    }
    WAY(vfork_exec_fails)
    {
        if ((child = vfork()) == 0) {
            execv("/nonexistent", shell);
            _exit(8);
        }
        await(child);
    }
    WAY(spawn)
    {
        posix_spawnp(&child, "sh", NULL, NULL, shell, environ);
        await(child);
    }
    WAY(system) printf("system: %x\n", system("echo from system; kill -9 $$"));
    WAY(popen)
    {
        char line[100];
        FILE *pipe = popen("echo from popen; exit 4", "r");
        fgets(line, sizeof line, pipe);
        fputs(line, stdout);
        printf("popen: %x\n", pclose(pipe));
    }
    WAY(fork_exit) if ((child = fork()) == 0) { work_in_child(); exit(11); } else await(child);
    WAY(fork__exit) if ((child = fork()) == 0) { work_in_child(); _exit(12); } else await(child);
    WAY(fork_quick_exit) if ((child = fork()) == 0) { work_in_child(); quick_exit(13); } else await(child);
    WAY(fork_abort) if ((child = fork()) == 0) { work_in_child(); abort(); } else await(child);
    WAY(fork_fault) if ((child = fork()) == 0) { work_in_child(); *(volatile int *)8 = 1; } else await(child);
    WAY(fork_exec) if ((child = fork()) == 0) { work_in_child(); execv("/bin/sh", shell); } else await(child);
    WAY(fork_bad_free) if ((child = fork()) == 0) { free(held); } else await(child);
    WAY(fork_outlives) if ((child = fork()) == 0) { usleep(100000); work_in_child(); _exit(0); }
    WAY(raw_clone) if ((child = syscall(SYS_clone, SIGCHLD, 0, 0, 0, 0)) == 0) { work_in_child(); _exit(14); } else await(child);
    fflush(stdout);
    return 3;
}

int main(int count, char **arguments)
{
    leak();
    forget();
    return run(arguments[1]);
}
