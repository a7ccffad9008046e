// Memory shared with child processes holds 40 bytes: still reachable.
#include "leak.h"
#include <sys/mman.h>
static APART void work(void)
{
    void **arena = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    arena[5000] = node(40, NULL);
}
int main(void)
{
    work();
    forget();
}
