/* hunt_result: what a detached thread leaves for its joiner nobody fetches (docs/hunts.md, 10). */
#include <pthread.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int pipe_ends[2];

static int poll_broker(void)
{
    return 42;
}

static void *thread_wrapper(void *function)
{
    int *result = malloc(sizeof *result);

    *result = ((int (*)(void))function)();
    if (write(pipe_ends[1], "x", 1) != 1)
        abort();
    return result;
}

int main(void)
{
    for (int i = 0; i < 4; i++) {
        pthread_t thread;
        char done;

        if ((i == 0 && pipe(pipe_ends) != 0) || pthread_create(&thread, NULL, thread_wrapper, (void *)poll_broker) != 0)
            return 1;
        pthread_detach(thread);
        if (read(pipe_ends[0], &done, 1) != 1)
            return 1;
    }
    /* Until all have ended: this thread, and the two names that every folder has. */
    struct stat threads;
    while (stat("/proc/self/task", &threads) == 0 && threads.st_nlink > 3)
        usleep(1000);
    return 0;
}
