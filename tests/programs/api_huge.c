/* Blocks that do not fit the log's usual 36 bits of size; with libapi_huge.so as the next malloc. */
#include "api.h"

static void *take(size_t size)
{
    char *block = malloc(size);
    CHECK(block != NULL);
    if (!block)
        return NULL;
    block[0] = block[size - 1] = 1;
    COUNT(allocs, 1);
    COUNT(bytes, size);
    return block;
}

static void *one_tebibyte(void) { return take(1ul << 40); }
static void *at_the_limit(void) { return take((1ul << 36) - 1); }
static void *below_the_limit(void) { return take((1ul << 36) - 2); }
static void *freed_later(size_t size) { return take(size); }

int main(void)
{
    void *kept[3] = {one_tebibyte(), at_the_limit(), NULL};
    for (size_t size = 1ul << 36; size <= 1ul << 42; size *= 2) {
        void *block = freed_later(size + 5);
        free(block), gone(size + 5);
    }
    return tell();
}
