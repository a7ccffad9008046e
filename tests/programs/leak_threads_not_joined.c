// 30 threads end and are never joined, and each has lost 1,000 bytes: libc keeps their stacks, with the
// pointers in dead frames; definitely lost.
#include "leak.h"
static void *work(void *unused)
{
    char *volatile lost = malloc(1000);
    lost[0] = 1;
    return unused;
}
int main(void)
{
    for (int i = 0; i < 30; i++) {
        pthread_t thread;
        pthread_create(&thread, NULL, work, NULL);
        usleep(1000);
    }
    usleep(200000);
    return 0;
}
