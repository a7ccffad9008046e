// The first pthread key's value is the only pointer to 40 bytes: still reachable.
#include "leak.h"
static APART void work(void)
{
    pthread_key_t key;
    pthread_key_create(&key, NULL);
    pthread_setspecific(key, node(40, NULL));
}
int main(void)
{
    work();
    forget();
}
