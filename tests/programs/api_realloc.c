/* realloc and reallocarray: a resize is one allocation and one free; a failed one is neither. */
#include "api.h"

static volatile size_t too_much = PTRDIFF_MAX, half = SIZE_MAX / 2 + 2;
static void *volatile nothing; /* the compiler makes malloc of a realloc(NULL, …) */

static int is_filled(const char *block, size_t size)
{
    for (size_t i = 0; i < size; i++)
        if (block[i] != 0x5a)
            return 0;
    return 1;
}

static void growing_and_shrinking(void)
{
    size_t size = 1;
    char *block = got(realloc(nothing, 1), 1);
    for (; size < 1000000; size = size * 3 / 2 + 1) {
        char *larger = realloc(block, size * 3 / 2 + 1);
        CHECK(is_filled(larger, size));
        gone(size);
        block = got(larger, size * 3 / 2 + 1);
    }
    for (; size > 10; size /= 2) {
        char *smaller = realloc(block, size / 2);
        CHECK(is_filled(smaller, size / 2));
        gone(size);
        block = got(smaller, size / 2);
    }
    free(block), gone(size);
}

/* glibc frees the block and returns NULL, and leaves errno. */
static void to_zero(void)
{
    char *block = got(malloc(50), 50);
    errno = 4711;
    CHECK(realloc(block, 0) == NULL);
    gone(50);
    CHECK(errno == 4711);
    block = got(malloc(51), 51);
    CHECK(reallocarray(block, 0, 8) == NULL);
    gone(51);
    got(realloc(nothing, 0), 0);
}

static void failing_leaves_the_block(void)
{
    char *block = got(malloc(777), 777);
    errno = 0;
    CHECK(realloc(block, too_much + 1) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(realloc(block, SIZE_MAX) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(reallocarray(block, half, 2) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(reallocarray(block, 2, half) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(reallocarray(block, too_much, 1) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(reallocarray(nothing, half, 2) == NULL && errno == ENOMEM);
    CHECK(is_filled(block, 777));
}

static void arrays(void)
{
    char *block = got(reallocarray(nothing, 10, 10), 100);
    char *larger = reallocarray(block, 100, 10);
    CHECK(is_filled(larger, 100));
    gone(100);
    got(larger, 1000);
    errno = 4711;
    larger = realloc(larger, 100000);
    CHECK(errno == 4711);
    gone(1000);
    free(got(larger, 100000)), gone(100000);
}

int main(void)
{
    growing_and_shrinking();
    to_zero();
    failing_leaves_the_block();
    arrays();
    return tell();
}
