/* hunt_threads: threads that nobody joins keep their stacks (docs/hunts.md, 4). */
#include <pthread.h>
#include <stdlib.h>
#include <unistd.h>

static int pipe_ends[2];

static void *play_stream(void *stream)
{
    return write(pipe_ends[1], "x", 1) == 1 ? stream : NULL;
}

static void create_thread(void)
{
    pthread_t thread;
    char done;

    if (pthread_create(&thread, NULL, play_stream, NULL) != 0 || read(pipe_ends[0], &done, 1) != 1)
        abort();
}

int main(void)
{
    if (pipe(pipe_ends) != 0)
        return 1;
    for (int stream = 0; stream < 3; stream++)
        create_thread();
    return 0;
}
