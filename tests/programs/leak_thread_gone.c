// A thread that has ended and was joined held 40 bytes in a local and 48 in a thread-local variable:
// both are definitely lost, though libc keeps its stack for the next thread.
#include "leak.h"
static __thread void *thread_local_pointer;
static void *other(void *unused)
{
    void *volatile local = node(40, NULL);
    thread_local_pointer = node(48, NULL);
    return NULL;
}
static APART void work(void)
{
    pthread_t thread;
    pthread_create(&thread, NULL, other, NULL);
    pthread_join(thread, NULL);
}
int main(void)
{
    work();
    forget();
}
