/* C23's free_sized and free_aligned_sized, and cfree, found by name: this libc has none of them, the
 * tracer has. Prints which are there. */
#define _GNU_SOURCE
#include "api.h"

#include <dlfcn.h>

int main(void)
{
    char *error;
    void (*sized)(void *, size_t) = dlsym(RTLD_DEFAULT, "free_sized");
    void (*aligned)(void *, size_t, size_t) = dlsym(RTLD_DEFAULT, "free_aligned_sized");
    void (*old)(void *) = dlsym(RTLD_DEFAULT, "cfree");
    say("free_sized: %s, free_aligned_sized: %s, cfree: %s\n", sized ? "yes" : "no",
            aligned ? "yes" : "no", old ? "yes" : "no");
    if (!sized || !aligned || !old)
        return 0;
    errno = 4711;
    char *block = got(malloc(100), 100);
    sized(block, 100), gone(100);
    sized(NULL, 5);
    block = got(aligned_alloc(256, 512), 512);
    aligned(block, 256, 512), gone(512);
    aligned(NULL, 256, 512);
    block = got(calloc(4, 4), 16);
    old(block), gone(16);
    old(NULL);
    CHECK(errno == 4711);
    got(malloc(7), 7);
    return tell();
}
