// Arrays with a count in front: 5 elements of 12 bytes are excused (68 bytes); 7 elements in 60
// bytes cannot be, nor can 0 (68 each, possibly lost).
#include "leak.h"
static void *held[3];
static void *array(size_t size, size_t count)
{
    size_t *block = calloc(1, size);
    block[0] = count;
    return block + 1;
}
static APART void work(void)
{
    held[0] = array(68, 5);
    held[1] = array(68, 7);
    held[2] = array(68, 0);
}
int main(void)
{
    work();
    forget();
}
