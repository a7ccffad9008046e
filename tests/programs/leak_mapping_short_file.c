// A mapping of a file of 100 bytes, three pages long: the pages behind its end cannot be read (SIGBUS);
// a private one, whose first page holds 40 bytes: still reachable.
#include "leak.h"
#include <sys/mman.h>
static APART void work(void)
{
    char name[] = "/tmp/leak_mapping_XXXXXX";
    int fd = mkstemp(name);
    unlink(name);
    ftruncate(fd, 100);
    void **arena = mmap(NULL, 3 * 4096, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    arena[5] = node(40, NULL);
    close(fd);
}
int main(void)
{
    work();
    forget();
}
