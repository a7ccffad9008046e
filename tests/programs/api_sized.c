/* C23's free_sized and free_aligned_sized, and cfree: libc has them for newer or for older programs only, the tracer
 * has all. By weak references, because dlsym allocates in some releases. Prints which are there. */
#define _GNU_SOURCE
#include "api.h"

void free_sized(void *, size_t) __attribute__((weak));
void free_aligned_sized(void *, size_t, size_t) __attribute__((weak));
void cfree(void *) __attribute__((weak));

int main(void)
{
    void (*volatile sized)(void *, size_t) = free_sized;
    void (*volatile aligned)(void *, size_t, size_t) = free_aligned_sized;
    void (*volatile old)(void *) = cfree;
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
