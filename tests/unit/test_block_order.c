/* Blocks as they were inserted, in no order, and all of them again in the order of their addresses.
 */
#include "tables/block_order.h"
#include "tables/block_table.h"

#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <cmocka.h>

#define LARGE (1ull << 24) /* more than a slot can say: such blocks are in RARE */

static int set_up(void **state)
{
    scratch_begin_log("order.log");
    return 0;
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;
    return x < y ? -1 : x > y;
}

/* n different addresses within `span` from `base` on, all multiples of `step`, in no order. */
static size_t draw_addresses(uint64_t *addresses, size_t n, uint64_t base, uint64_t span,
                             uint64_t step)
{
    static uint64_t dice = 1;
    size_t kept = 0;
    for (size_t i = 0; i < n; i++)
        addresses[i] = base + scratch_random(&dice) % span / step * step;
    qsort(addresses, n, sizeof *addresses, compare);
    for (size_t i = 0; i < n; i++)
        if (kept == 0 || addresses[kept - 1] != addresses[i])
            addresses[kept++] = addresses[i];
    for (size_t i = kept; i-- > 1;) {
        size_t other = scratch_random(&dice) % (i + 1);
        uint64_t address = addresses[i];
        addresses[i] = addresses[other];
        addresses[other] = address;
    }
    return kept;
}

static void check_order(size_t n, uint64_t span, uint64_t step, size_t rare_every)
{
    uint64_t *addresses = calloc(n, sizeof *addresses);
    struct trace_block *blocks = calloc(n + 1, sizeof *blocks);
    struct block taken;
    n = draw_addresses(addresses, n, 0x7f0000000000, span, step);
    for (size_t i = 0; i < n; i++)
        assert_true(block_table_insert(
            &(struct block){.address = addresses[i],
                            .size = rare_every && i % rare_every == 0 ? LARGE : addresses[i] % 999,
                            .account = 7}));
    qsort(addresses, n, sizeof *addresses, compare);
    assert_int_equal(block_order_copy(blocks, n + 1), n);
    for (size_t i = 0; i < n; i++) {
        uint64_t size = trace_block_size(blocks[i].what);
        assert_int_equal(trace_block_address(blocks[i].where), addresses[i]);
        assert_true(size == LARGE || size == addresses[i] % 999);
        assert_int_equal(trace_block_account(blocks[i].what), 7);
    }
    for (size_t i = 0; i < n; i++)
        assert_true(block_table_remove(addresses[i], &taken));
    assert_int_equal(block_order_copy(blocks, n), 0);
    free(blocks);
    free(addresses);
}

static void blocks_of_leaves_of_all_sizes(void **state)
{
    check_order(1, 8, 8, 0);
    check_order(50000, 1 << 20, 16, 0);
    check_order(50000, 1 << 18, 8, 0); /* leaves with every slot taken */
    check_order(50000, 1ull << 40, 16, 0);
}

static void what_is_in_rare_stands_between(void **state)
{
    check_order(2, 64, 16, 1);
    check_order(3000, 1 << 20, 16, 100);
    check_order(3000, 1ull << 40, 16, 2);
    check_order(1000, 1 << 20, 1, 0); /* at odd addresses */
    check_order(1000, 1 << 20, 16, 1);
}

/* As where an unstopped thread allocates meanwhile. */
static void no_more_than_there_is_space_for(void **state)
{
    struct trace_block blocks[9] = {[8] = {.where = 1}};
    struct block taken;
    for (uint64_t i = 0; i < 20; i++)
        block_table_insert(
            &(struct block){.address = 0x10000 + i * 64, .size = i % 5 ? 8 : LARGE, .account = 1});
    assert_int_equal(block_order_copy(blocks, 8), 8);
    for (int i = 1; i < 8; i++)
        assert_true(trace_block_address(blocks[i - 1].where) <
                    trace_block_address(blocks[i].where));
    assert_int_equal(blocks[8].where, 1);
    assert_int_equal(block_order_copy(blocks, 0), 0);
    for (uint64_t i = 0; i < 20; i++)
        assert_true(block_table_remove(0x10000 + i * 64, &taken));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_of_leaves_of_all_sizes),
        cmocka_unit_test(what_is_in_rare_stands_between),
        cmocka_unit_test(no_more_than_there_is_space_for),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
