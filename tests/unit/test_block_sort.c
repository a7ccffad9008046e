#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "block_sort.h"

static uint64_t draw(void)
{
    static uint64_t seed = 1;
    seed = seed * 6364136223846793005u + 1442695040888963407u;
    return seed >> 16;
}

/* Sorts n blocks whose addresses differ only in `mask`, each with its number in `what`. */
static void check_sort(size_t n, uint64_t mask)
{
    struct trace_verdict *verdicts = calloc(n + 1, sizeof *verdicts);
    struct trace_block *blocks = (struct trace_block *)verdicts;
    struct trace_block *room = calloc(n + 1, sizeof *room);
    uint64_t *addresses = calloc(n + 1, sizeof *addresses);
    assert_true(verdicts && room && addresses);
    for (size_t k = 0; k < n; k++) {
        addresses[k] = (0x555555555555u & ~mask) | (draw() & mask);
        blocks[k].where = addresses[k] | draw() << TRACE_FAMILY_SHIFT;
        blocks[k].what = k;
    }
    memset(blocks + n, 0xa5, n * sizeof *blocks);
    block_sort(verdicts, room, n);
    for (size_t k = 0; k < n; k++) {
        assert_int_equal(trace_block_address(verdicts[k].where), addresses[verdicts[k].what]);
        assert_int_equal(verdicts[k].kind, 0);
        assert_int_equal(verdicts[k].head, 0);
        assert_int_equal(verdicts[k].pointer_at, 0);
        addresses[verdicts[k].what] = UINT64_MAX; /* each comes once */
        if (k > 0)
            assert_true(trace_block_address(verdicts[k - 1].where) <=
                        trace_block_address(verdicts[k].where));
    }
    free(verdicts);
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
