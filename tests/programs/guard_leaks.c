// flags: -O0 -g -fno-builtin
/* Two blocks that only freed memory points to, a large one and a small one, and one that is held. */
#include <stdlib.h>
#include <string.h>

static void *held;

static void *keep(size_t size)
{
    return malloc(size);
}

static void lose(size_t size)
{
    void **holder = malloc(200000); /* of pages of its own with malloc */
    holder[2000] = keep(size);
    memset(holder, 0, 64);
    free(holder);
}

int main(void)
{
    held = keep(50);
    lose(300000);
    void **small = malloc(64);
    small[3] = keep(100);
    free(small);
    return 0;
}
