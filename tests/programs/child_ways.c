/* child_ways WAY PROGRAM: runs PROGRAM, by the way that it is told, with an environment of its own.
 * child_ways child: what is run; prints its environment in its order and loses 4,321 bytes. */
#define _GNU_SOURCE
#include "leak.h"
#include "older.h"
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <wordexp.h>

extern char **environ;
static char *own[] = {"ONLY=this", "AND=that", NULL};
static char *preloads[] = {"ONE=1", "LD_PRELOAD=libm.so.6 libdl.so.2", "TWO=2", NULL};
static char *empty_preload[] = {"LD_PRELOAD=", NULL};

static int be_child(void)
{
    void *volatile lost = malloc(4321);
    lost = NULL;
    for (char **entry = environ; entry && *entry; entry++)
        puts(*entry);
    return lost != NULL;
}

static int await(pid_t child)
{
    int status = -1;
    return waitpid(child, &status, 0) == child ? status : -2;
}

static int read_all(FILE *pipe)
{
    char line[4096];
    while (fgets(line, sizeof line, pipe))
        fputs(line, stdout);
    return pclose(pipe);
}

static int run(const char *way, char *program)
{
    char *arguments[] = {program, "child", NULL}, command[4200];
    char *name = strrchr(program, '/') + 1;
    pid_t child;
    wordexp_t words;
    snprintf(command, sizeof command, "%s child", program);
    setenv("PATH", strndup(program, (size_t)(name - 1 - program)), 1);
#define WAY(name) if (strcmp(way, #name) == 0)
    WAY(execve) return execve(program, arguments, own);
    WAY(execve_preloads) return execve(program, arguments, preloads);
    WAY(execve_empty_preload) return execve(program, arguments, empty_preload);
    WAY(execve_null) return execve(program, arguments, NULL);
    WAY(execle) return execle(program, program, "child", NULL, own);
    WAY(execvpe) return execvpe(name, arguments, own);
    WAY(fexecve) return fexecve(open(program, O_RDONLY), arguments, own);
    WAY(fexecve_path) return fexecve(open(program, O_PATH), arguments, own);
    WAY(execveat) return execveat(AT_FDCWD, program, arguments, own, 0);
    WAY(execveat_empty) return execveat(open(program, O_RDONLY), "", arguments, own, AT_EMPTY_PATH);
    WAY(syscall) return syscall(SYS_execve, program, arguments, own);
    WAY(syscall_at) return syscall(SYS_execveat, open(program, O_RDONLY), "", arguments, own, AT_EMPTY_PATH);
    WAY(vfork)
    {
        if ((child = vfork()) == 0)
            _exit(execve(program, arguments, own));
        return await(child);
    }
    WAY(posix_spawn)
        return posix_spawn(&child, program, NULL, NULL, arguments, own) ?: await(child);
    WAY(posix_spawnp) return posix_spawnp(&child, name, NULL, NULL, arguments, own) ?: await(child);
    WAY(clearenv) return clearenv() ?: execv(program, arguments);
    WAY(environ_null) return environ = NULL, execv(program, arguments);
    WAY(system) return clearenv() ?: system(command);
    WAY(popen) return clearenv() ?: read_all(popen(command, "r"));
    WAY(wordexp)
    {
        snprintf(command, sizeof command, "$(%s child)", program);
        environ = own;
        int result = wordexp(command, &words, 0);
        for (size_t i = 0; i < words.we_wordc; i++)
            puts(words.we_wordv[i]);
        return result;
    }
    WAY(system_changes)
    {
        environ = own;
        int result = system(command);
        printf("%s %d %d\n", getenv("ONLY"), environ == own, setenv("MORE", "1", 1));
        return result + system(command);
    }
    WAY(bad)
    {
        char **volatile nowhere = (char **)8;
        char *bad[] = {"A=1", (char *)8, NULL};
        int results[] = {execve(program, arguments, nowhere), execve(program, arguments, bad),
                         execveat(AT_FDCWD, program, arguments, bad, 0),
                         posix_spawn(&child, program, NULL, NULL, arguments, bad)};
        printf("%d %d %d %d\n", results[0], results[1], results[2], results[3]);
        environ = bad;
        return execv(program, arguments);
    }
    return 99;
}

int main(int count, char **arguments)
{
    if (count < 3)
        return be_child();
    int result = run(arguments[1], arguments[2]);
    printf("%d %s\n", result, strerror(errno));
    return 3;
}
