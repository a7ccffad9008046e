/* Prints errno as it finds it, its environment in its order, as getenv, environ and main's third argument see it, and then its child's. */
#include "api.h"

#include <errno.h>
#include <sys/wait.h>

extern char **environ;

int main(int argc, char **argv, char **envp)
{
    int error = errno; /* 0 when a program begins */
    say("errno %d\n", error);
    for (char **entry = environ; *entry; entry++)
        say("environ %s\n", *entry);
    for (char **entry = envp; *entry; entry++)
        say("envp %s\n", *entry);
    const char *preload = getenv("LD_PRELOAD"), *options = getenv("LIBTRACE_OPTIONS");
    say("getenv %s %s\n", preload ? preload : "-", options ? options : "-");
    if (fork() == 0) {
        execlp("env", "env", NULL);
        _exit(1);
    }
    int status;
    wait(&status);
    setenv("ONE_MORE", "value", 1);
    return system("test \"$ONE_MORE\" = value") != 0 || status != 0;
}
