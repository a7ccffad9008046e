/* malloc, calloc and free, as the manual has them. */
#include "api.h"

/* The compiler may not know that these cannot succeed. */
static volatile size_t too_much = PTRDIFF_MAX, half = SIZE_MAX / 2 + 2;

static void zero_sizes(void)
{
    char *first = malloc(0), *second = malloc(0), *third = calloc(0, 7), *fourth = calloc(7, 0);
    got(first, 0), got(second, 0), got(third, 0), got(fourth, 0);
    CHECK(first && second && third && fourth);
    CHECK(first != second && third != fourth);
    free(first), gone(0);
    free(second), gone(0);
    free(third), gone(0);
    free(fourth), gone(0);
}

static void sizes_of_every_kind(void)
{
    for (size_t size = 1; size < 3000000; size += 1 + size / 3) {
        char *block = got(malloc(size), size);
        CHECK((uintptr_t)block % 16 == 0);
        free(block), gone(size);
    }
}

static void calloc_zeroes(void)
{
    for (size_t size = 1; size < 300000; size = size * 2 + 1) {
        char *dirty = got(malloc(size * 3), size * 3);
        free(dirty), gone(size * 3);
        char *block = calloc(size, 3), sum = 0;
        for (size_t i = 0; i < size * 3; i++)
            sum |= block[i];
        CHECK(sum == 0);
        free(got(block, size * 3)), gone(size * 3);
    }
}

static void failures_set_errno(void)
{
    errno = 0;
    CHECK(malloc(too_much + 1) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(malloc(SIZE_MAX) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(half, 2) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(2, half) == NULL && errno == ENOMEM);
    errno = 0;
    CHECK(calloc(too_much, 1) == NULL && errno == ENOMEM);
}

static void success_leaves_errno(void)
{
    errno = 4711;
    char *small = got(malloc(20), 20), *large = got(malloc(5 << 20), 5 << 20), *zeros = got(calloc(9, 9), 81);
    CHECK(errno == 4711);
    free(small), gone(20);
    free(large), gone(5 << 20);
    free(zeros), gone(81);
    free(NULL);
    CHECK(errno == 4711);
}

int main(void)
{
    zero_sizes();
    sizes_of_every_kind();
    calloc_zeroes();
    failures_set_errno();
    success_leaves_errno();
    for (int i = 0; i < 100; i++)
        free(NULL); /* counts as nothing */
    got(malloc(0), 0);
    got(malloc(123), 123);
    got(calloc(3, 11), 33);
    return tell();
}
