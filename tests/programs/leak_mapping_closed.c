// The mapping that holds 40 bytes was closed to every access: nobody can read the pointer.
#include "leak.h"
#include <sys/mman.h>
static APART void work(void)
{
    void **arena = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    arena[5000] = node(40, NULL);
    mprotect(arena, 1 << 20, PROT_NONE);
}
int main(void)
{
    work();
    forget();
}
