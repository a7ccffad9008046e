/* malloc_usable_size: the same with and without the tracer, and all of it may be used. */
#include "api.h"

#include <malloc.h>

int main(void)
{
    CHECK(malloc_usable_size(NULL) == 0);
    for (size_t size = 0; size < 2000000; size += 1 + size / 4) {
        char *block = got(malloc(size), size);
        size_t usable = malloc_usable_size(block);
        CHECK(usable >= size);
        say("%zu: %zu\n", size, usable);
        memset(block, 0xff, usable);
        free(block), gone(size);
    }
    char *block = got(memalign(256, 100), 100);
    size_t usable = malloc_usable_size(block);
    memset(block, 0xff, usable);
    say("aligned: %zu\n", usable);
    char *larger = realloc(block, usable);
    gone(100), got(larger, usable);
    CHECK(larger == block);
    return tell();
}
