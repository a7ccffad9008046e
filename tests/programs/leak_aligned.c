// aligned_alloc (64), memalign (100), posix_memalign (200), valloc (300), lost; 1000 bytes
// aligned to a page and 128 held: the pointer to an aligned block is one to its start.
#include "leak.h"
#include <malloc.h>
static void *held[4];
static APART void work(void)
{
    void *p;
    aligned_alloc(64, 64);
    memalign(256, 100);
    posix_memalign(&p, 4096, 200);
    valloc(300);
    held[0] = aligned_alloc(4096, 1000);
    posix_memalign(&held[1], 32, 128);
    p = NULL;
}
int main(void)
{
    work();
    forget();
}
