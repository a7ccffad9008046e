// Strings as old libstdc++ lays them out, held by a pointer to word 3: length 5 and 10 of capacity
// 10 are excused (35 bytes each, still reachable); length 11 and a wrong size (35, 36: possibly lost).
#include "leak.h"
static char *held[4];
static char *string(size_t size, size_t length, size_t capacity)
{
    size_t *block = calloc(1, size);
    block[0] = length;
    block[1] = capacity;
    return (char *)(block + 3);
}
static APART void work(void)
{
    held[0] = string(35, 5, 10);
    held[1] = string(35, 10, 10);
    held[2] = string(35, 11, 10);
    held[3] = string(36, 5, 10);
}
int main(void)
{
    work();
    forget();
}
