/* live_errors [forks|exec|threads]: says on standard error what it does around bad frees; exit status 4. */
// flags: -pthread
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static void twice(const char *when)
{
    char *volatile block = malloc(10);
    fprintf(stderr, "%s: before\n", when);
    free(block);
    free(block);
    fprintf(stderr, "%s: behind\n", when);
}

static void *of_thread(void *when)
{
    char *volatile block = malloc(20);
    free(block);
    free(block);
    return when;
}

int main(int count, char **arguments)
{
    const char *way = count > 1 ? arguments[1] : "";
    int local;
    for (int i = 0; i < 3; i++)
        twice("loop");
    free(&local);
    fprintf(stderr, "behind the loop\n");
    if (!strcmp(way, "forks") && fork() == 0) {
        twice("child");
        _exit(0);
    }
    wait(NULL);
    if (!strcmp(way, "exec"))
        execl("/proc/self/exe", "live_errors", "again", NULL);
    if (!strcmp(way, "threads")) {
        pthread_t threads[8];
        for (int i = 0; i < 8; i++)
            pthread_create(&threads[i], NULL, of_thread, NULL);
        for (int i = 0; i < 8; i++)
            pthread_join(threads[i], NULL);
    }
    twice("end");
    return 4;
}
