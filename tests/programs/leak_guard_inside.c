// A guard inside of memory that can be read, as no list of mappings shows it (Linux 6.13), with pointers
// on both sides: 111 and 222 bytes still reachable.
#include "leak.h"
#include <sys/mman.h>
#define GUARD_INSTALL 102
int main(void)
{
    char *memory = mmap(NULL, 65536, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    memset(memory, 0, 65536);
    madvise(memory + 8192, 8192, GUARD_INSTALL);
    *(void **)memory = malloc(111);
    *(void **)(memory + 20000) = malloc(222);
    return 0;
}
