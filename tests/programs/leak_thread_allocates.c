// Four threads that ended allocated in arenas of their own: 100 bytes each lost, 200 each held by
// a global array; what they freed leaves nothing.
#include "leak.h"
static void *held[4];
static APART void *allocate(void *slot)
{
    node(100, NULL);
    *(void **)slot = node(200, NULL);
    free(node(300, held));
    return NULL;
}
static APART void *other(void *slot)
{
    allocate(slot);
    forget();
    return NULL;
}
static APART void work(void)
{
    pthread_t thread[4];
    for (int k = 0; k < 4; k++)
        pthread_create(&thread[k], NULL, other, &held[k]);
    for (int k = 0; k < 4; k++)
        pthread_join(thread[k], NULL);
}
int main(void)
{
    work();
    forget();
}
