/* fork_begin: forks 20 times while 4 threads begin, map memory, and end. */
#include <pthread.h>
#include <stdlib.h>
#include <sys/wait.h>
#include <unistd.h>

enum { THREADS = 4 };
static void *kept[THREADS];

static void *work(void *place)
{
    for (int round = 0; round < 200; round++)
        free(malloc(8192));
    *(void **)place = malloc(1000);
    return NULL;
}
int main(void)
{
    pthread_t threads[THREADS];
    int status, bad = 0;
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, work, &kept[i]);
    for (int i = 0; i < 20; i++)
        if (fork() == 0)
            exit(malloc(100) == NULL);
    while (wait(&status) > 0)
        bad += status != 0;
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    return bad;
}
