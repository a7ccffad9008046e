// main's thread ends before another one does, and forgets ten times 100 bytes: definitely lost. What it
// put into its arguments stays: 77 bytes still reachable.
#include "leak.h"
static void *work(void *unused)
{
    usleep(100000);
    return unused;
}
int main(int count, char **arguments)
{
    void *volatile lost[10];
    pthread_t thread;
    for (int i = 0; i < 10; i++)
        lost[i] = malloc(100);
    arguments[0] = malloc(77);
    pthread_create(&thread, NULL, work, NULL);
    pthread_exit(NULL);
}
