// Pointers in memory that a fork does not copy, or empties: 111 and 222 bytes still reachable.
#include <stdlib.h>
#include <sys/mman.h>

int main(void)
{
    void **a = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    void **b = mmap(0, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    madvise(a, 65536, MADV_DONTFORK);
    madvise(b, 65536, MADV_WIPEONFORK);
    a[10] = malloc(111);
    b[10] = malloc(222);
    return 0;
}
