// The value of key 40 lies in a table that libc allocates when it is first used (512 bytes):
// both the table and the block of 40 are still reachable.
#include "leak.h"
static APART void work(void)
{
    pthread_key_t key;
    for (int k = 0; k <= 40; k++)
        pthread_key_create(&key, NULL);
    pthread_setspecific(key, node(40, NULL));
}
int main(void)
{
    work();
    forget();
}
