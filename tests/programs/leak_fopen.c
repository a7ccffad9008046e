// A stream that is never closed: libc's list of streams holds it (472 bytes): still reachable.
// Its buffer is freed with libc's caches before the check.
#include "leak.h"
static APART void work(void)
{
    FILE *file = fopen("/proc/self/stat", "r");
    fgetc(file);
}
int main(void)
{
    work();
    forget();
}
