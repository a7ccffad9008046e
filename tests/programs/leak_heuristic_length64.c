// Blocks that begin with the size of the rest and are held behind it, as sqlite does: 37 bytes are
// excused; a length that is one too large is not (41 bytes, possibly lost).
#include "leak.h"
static void *held[2];
static void *sized(size_t size, size_t length)
{
    size_t *block = calloc(1, size);
    block[0] = length;
    return block + 1;
}
static APART void work(void)
{
    held[0] = sized(37, 29);
    held[1] = sized(41, 34);
}
int main(void)
{
    work();
    forget();
}
