// The mapping that held 40 bytes is gone: definitely lost.
#include "leak.h"
#include <sys/mman.h>
static APART void work(void)
{
    void **arena = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    arena[5000] = node(40, NULL);
    munmap(arena, 1 << 20);
}
int main(void)
{
    work();
    forget();
}
