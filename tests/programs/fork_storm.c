/* fork_storm FORKS: 4 threads fork at the same time, 4 allocate, and one starts programs. Each child frees what
 * its thread allocated before the fork. */
#define _GNU_SOURCE
#include <errno.h>
#include <pthread.h>
#include <spawn.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;
static atomic_bool done;
static atomic_int right, forks, programs;

static int await(pid_t child)
{
    int status = -1;
    while (waitpid(child, &status, 0) < 0 && errno == EINTR)
        ;
    return status;
}
static void *allocate(void *unused)
{
    while (!atomic_load(&done))
        free(realloc(malloc(100), 5000));
    return unused;
}
static void *start_programs(void *unused)
{
    char *arguments[] = {"true", NULL};
    pid_t child;
    while (!atomic_load(&done))
        if (posix_spawn(&child, "/bin/true", NULL, NULL, arguments, environ) == 0)
            programs += await(child) == 0;
    return unused;
}
static void *fork_many(void *count)
{
    for (int i = 0; i < (int)(long)count; i++) {
        void *own = malloc(1000);
        pid_t child = fork();
        if (child == 0) {
            free(own);
            free(malloc(2000));
            _exit(9);
        }
        free(own);
        forks++;
        right += await(child) == 9 << 8;
    }
    return NULL;
}

int main(int count, char **arguments)
{
    pthread_t forking[4], others[5];
    long each = atol(arguments[1]);
    for (int i = 0; i < 5; i++)
        pthread_create(&others[i], NULL, i < 4 ? allocate : start_programs, NULL);
    for (int i = 0; i < 4; i++)
        pthread_create(&forking[i], NULL, fork_many, (void *)each);
    for (int i = 0; i < 4; i++)
        pthread_join(forking[i], NULL);
    atomic_store(&done, 1);
    for (int i = 0; i < 5; i++)
        pthread_join(others[i], NULL);
    printf("%d of %d children ended well, and programs too: %d\n", right, forks, programs > 0);
    return 0;
}
