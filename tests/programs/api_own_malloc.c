// flags: -rdynamic -fno-builtin
// A program that defines malloc itself: the tracer's is never called, and must say so.
#include <stddef.h>
#include <unistd.h>
static char memory[1 << 20];
static size_t used;
void *malloc(size_t size)
{
    void *block = memory + used;
    used += (size + 15) & ~(size_t)15;
    return block;
}
void free(void *block)
{
    (void)block;
}
int main(void)
{
    free(malloc(10));
    write(1, "own\n", 4);
}
