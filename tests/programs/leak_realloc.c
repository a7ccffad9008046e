// A block that grew from 16 to 100,000 bytes by realloc, lost with what it points to (32 bytes);
// one that shrank to 24, held.
#include "leak.h"
static void *held;
static APART void work(void)
{
    void **grown = node(16, node(32, NULL));
    for (size_t size = 32; size <= 100000; size *= 2)
        grown = realloc(grown, size);
    grown = realloc(grown, 100000);
    held = realloc(node(5000, NULL), 24);
}
int main(void)
{
    work();
    forget();
}
