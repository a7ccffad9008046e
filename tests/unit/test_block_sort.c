#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "check/block_sort.h"

static uint64_t draw(void)
{
    static uint64_t seed = 1;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 16;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* Sorts the addresses and drops what is there twice. */
static size_t sort_plainly(uint64_t *addresses, size_t n)
{
    size_t kept = 0;
    qsort(addresses, n, sizeof *addresses, compare);
    for (size_t k = 0; k < n; k++)
        if (kept == 0 || addresses[kept - 1] != addresses[k])
            addresses[kept++] = addresses[k];
    return kept;
}

/* Sorts n blocks whose addresses differ only in `mask`; what they say goes with the address. */
static void check_sort(size_t n, uint64_t mask)
{
    struct trace_block *blocks = calloc(n + 1, sizeof *blocks);
    struct trace_block *room = calloc(n + 1, sizeof *room);
    uint64_t *addresses = calloc(n + 1, sizeof *addresses);
    assert_true(blocks && room && addresses);
    for (size_t k = 0; k < n; k++) {
        addresses[k] = (0x555555555555u & ~mask) | (draw() & mask);
        blocks[k].where = addresses[k] | (addresses[k] * 3) << TRACE_FAMILY_SHIFT;
        blocks[k].what = addresses[k] * 7;
    }
    size_t kept = sort_plainly(addresses, n);
    assert_int_equal(block_sort(blocks, room, n), kept);
    for (size_t k = 0; k < kept; k++) {
        uint64_t where = addresses[k] | (addresses[k] * 3) << TRACE_FAMILY_SHIFT;
        assert_int_equal(blocks[k].where, where);
        assert_int_equal(blocks[k].what, addresses[k] * 7);
    }
    free(blocks);
    free(room);
    free(addresses);
}

static void whatever_bits_differ(void **state)
{
    (void)state;
    for (unsigned low = 0; low < TRACE_ADDRESS_BITS; low += 5)
        for (unsigned bits = 1; low + bits <= TRACE_ADDRESS_BITS; bits += 7)
            check_sort(1000, ((1ull << bits) - 1) << low);
    check_sort(1000, 1ull << 47 | 1);
    check_sort(1000, 0x800800800800u);
}

static void few_blocks(void **state)
{
    (void)state;
    for (size_t n = 0; n < 20; n++)
        check_sort(n, 0xfffffffffff0u);
    check_sort(20, 0);
}

static void many_blocks(void **state)
{
    (void)state;
    check_sort(300000, 0x7fffff0u);
    check_sort(300000, 0xfffffff0u);
    check_sort(300000, 0xffffffffffffu);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(whatever_bits_differ),
        cmocka_unit_test(few_blocks),
        cmocka_unit_test(many_blocks),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
