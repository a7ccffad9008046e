/* The aligned relatives of malloc. */
#include "api.h"

#include <malloc.h>

static volatile size_t too_much = PTRDIFF_MAX;

static void release(void *block, size_t size)
{
    free(block);
    gone(size);
}

static void alignments(void)
{
    for (size_t alignment = 8; alignment <= 1 << 20; alignment *= 2)
        for (size_t size = 0; size < 100000; size = size * 7 + 5) {
            void *block = NULL;
            CHECK(posix_memalign(&block, alignment, size) == 0);
            CHECK((uintptr_t)block % alignment == 0);
            release(got(block, size), size);
            block = memalign(alignment, size);
            CHECK((uintptr_t)block % alignment == 0);
            release(got(block, size), size);
            block = aligned_alloc(alignment, size);
            CHECK((uintptr_t)block % alignment == 0);
            release(got(block, size), size);
        }
}

static void pages(void)
{
    for (size_t size = 0; size < 100000; size = size * 3 + 1) {
        char *block = got(valloc(size), size);
        CHECK((uintptr_t)block % 4096 == 0);
        release(block, size);
    }
    char *block = pvalloc(5000);
    CHECK((uintptr_t)block % 4096 == 0);
    CHECK(malloc_usable_size(block) >= 8192); /* rounded up to whole pages */
    memset(block, 1, 8192);
    free(block);
    block = pvalloc(1);
    CHECK((uintptr_t)block % 4096 == 0);
    CHECK(malloc_usable_size(block) >= 4096);
    free(block);
    for (int i = 0; i < 2; i++)
        books.allocs++, books.frees++;
    books.bytes += 5001, books.bytes_freed += 5001;
}

/* On failure *place keeps its value, and errno is not how posix_memalign speaks. */
static void posix_memalign_failures(void)
{
    void *place = (void *)0x1234;
    errno = 4711;
    CHECK(posix_memalign(&place, 3, 10) == EINVAL);
    CHECK(posix_memalign(&place, 0, 10) == EINVAL);
    CHECK(posix_memalign(&place, 4, 10) == EINVAL);
    CHECK(posix_memalign(&place, 24, 10) == EINVAL);
    CHECK(place == (void *)0x1234);
    CHECK(errno == 4711);
    CHECK(posix_memalign(&place, 64, too_much + 1) == ENOMEM);
    CHECK(place == (void *)0x1234);
    say("errno after posix_memalign without memory: %d\n", errno);
    errno = 4711;
    CHECK(posix_memalign(&place, 64, 100) == 0);
    CHECK(errno == 4711);
    release(got(place, 100), 100);
}

static void other_failures(void)
{
    errno = 0;
    CHECK(memalign(64, too_much + 1) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(aligned_alloc(64, SIZE_MAX - 64) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(valloc(too_much + 1) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(pvalloc(SIZE_MAX - 10) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(memalign(SIZE_MAX / 2 + 2, 10) == NULL);
    say("errno after an alignment too large: %d\n", errno);
    /* glibc rounds a strange alignment up for memalign, and up to 2.37 for aligned_alloc. */
    char *block = got(memalign(24, 10), 10);
    CHECK((uintptr_t)block % 32 == 0);
    release(block, 10);
    block = aligned_alloc(24, 10);
    say("aligned_alloc(24, 10): %s\n", block ? "a block" : errno == EINVAL ? "EINVAL" : "another error");
    if (block)
        release(got(block, 10), 10);
}

int main(void)
{
    alignments();
    pages();
    posix_memalign_failures();
    other_failures();
    void *block = NULL;
    posix_memalign(&block, 128, 1000);
    got(block, 1000);
    got(aligned_alloc(4096, 8192), 8192);
    got(memalign(64, 1), 1);
    return tell();
}
