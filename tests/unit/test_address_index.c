#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "check/address_index.h"

static struct trace_block *blocks;
static uint64_t *large; /* size of each block, for those whose record does not tell */
static size_t n;
static struct address_index index_of_blocks;
static char *memory;

static uint64_t start_of(size_t k)
{
    return trace_block_address(blocks[k].where);
}

static size_t count_not_above(uint64_t address)
{
    size_t low = 0, high = n;
    while (low < high) {
        size_t middle = (low + high) / 2;
        if (start_of(middle) <= address)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

static uint64_t large_size(void *context, uint64_t address)
{
    (void)context;
    return large[count_not_above(address) - 1];
}

static const struct address_sizes sizes = {large_size, NULL};

static void open_blocks(size_t max)
{
    n = 0;
    blocks = calloc(max, sizeof *blocks);
    large = calloc(max, sizeof *large);
    assert_non_null(blocks);
    assert_non_null(large);
}

static void add(uint64_t start, uint64_t size)
{
    bool fits = size < TRACE_SIZE_ELSEWHERE;
    blocks[n].where = start | (uint64_t)TRACE_BY_NEW << TRACE_FAMILY_SHIFT;
    blocks[n].what = (fits ? size : TRACE_SIZE_ELSEWHERE) | 77ull << TRACE_SIZE_BITS;
    large[n++] = size;
}

/* In exactly as much memory as was planned. */
static void build(void)
{
    size_t size = address_index_plan(&index_of_blocks, blocks, n, &sizes);
    memory = calloc(1, size);
    assert_non_null(memory);
    assert_ptr_equal(address_index_build(&index_of_blocks, blocks, n, &sizes, memory),
                     memory + size);
}

static void close_blocks(void)
{
    free(memory);
    free(blocks);
    free(large);
}

/* What the index says of the address against a plain search. */
static void check(uint64_t address)
{
    bool starts = true;
    if (address - index_of_blocks.lowest >= index_of_blocks.span)
        return;
    uint32_t found = address_index_find(&index_of_blocks, address, &starts);
    size_t k = count_not_above(address) - 1;
    uint64_t size = large[k] ? large[k] : 1;
    if (address - start_of(k) < size)
        assert_int_equal(found, k);
    else
        assert_true(found == k || found == ADDRESS_INDEX_NONE);
    assert_int_equal(starts, address == start_of(k));
}

static void check_all(void)
{
    build();
    assert_int_equal(index_of_blocks.lowest, start_of(0));
    for (size_t k = 0; k < n; k++) {
        uint64_t start = start_of(k), size = large[k] ? large[k] : 1;
        const uint64_t offsets[] = {0,    1,    8,        16,         size / 2,   size - 1,
                                    size, 4096, 64 << 10, 1ull << 30, 5ull << 30, size - 4096};
        for (size_t i = 0; i < sizeof offsets / sizeof *offsets; i++)
            check(start + offsets[i]);
        check(start - 1);
    }
    close_blocks();
}

/* --- dense and sparse blocks --------------------------------------------- */

static void dense_blocks_of_every_granule(void **state)
{
    for (unsigned granule = 1; granule <= 64; granule *= 2)
        for (size_t count = 1; count < 20000; count = count * 3 / 2 + 1) {
            open_blocks(count);
            for (size_t k = 0; k < count; k++)
                add(0x555555555000u + granule + k * 3ull * granule, k % 3 * granule);
            check_all();
        }
}

/* Ever farther apart, up to the end of the address space. */
static void sparse_blocks(void **state)
{
    open_blocks(32 + 300);
    for (unsigned k = 0; k < 32; k++)
        add(0x1000 + (16ull << k), 16);
    for (uint64_t k = 32; k < 32 + 300; k++)
        add(k << 38, 100);
    check_all();
}

/* Blocks that begin and end at, just before and just behind the borders of leaves and branches. */
static void blocks_at_every_border(void **state)
{
    const uint64_t units[] = {1024, 64 << 10, 1ull << 30, 3ull << 30, 1ull << 40};
    const int64_t shifts[] = {-16, 0, 16};
    for (size_t unit = 0; unit < 5; unit++)
        for (size_t a = 0; a < 3; a++)
            for (size_t b = 0; b < 3; b++) {
                uint64_t start = (1ull << 41) + (uint64_t)shifts[a];
                uint64_t size = units[unit] + (uint64_t)shifts[b];
                open_blocks(4);
                add(start - 64, 16);
                add(start, size);
                add(start + size + 16 - size % 16, 32);
                add(start + size + 80 - size % 16, 32);
                check_all();
            }
}

static void pointer_between_distant_blocks_is_in_none(void **state)
{
    bool starts;
    open_blocks(2);
    add(0x10000, 16);
    add(0x7f0000000000, 16);
    build();
    assert_int_equal(address_index_find(&index_of_blocks, 0x55aa00000000, &starts),
                     ADDRESS_INDEX_NONE);
    assert_int_equal(address_index_find(&index_of_blocks, 0x20000, &starts), ADDRESS_INDEX_NONE);
    close_blocks();
}

/* What a block claims beyond the next one, or beyond all addresses, is not its own. */
static void sizes_that_cannot_be(void **state)
{
    open_blocks(3);
    add(0x1000, 1ull << 45);
    add(0x2000, UINT64_MAX);
    add(0x7fff00000000, UINT64_MAX);
    build();
    assert_int_equal(index_of_blocks.lowest + index_of_blocks.span, 1ull << TRACE_ADDRESS_BITS);
    bool starts;
    assert_int_equal(address_index_find(&index_of_blocks, 0x1fff, &starts), 0);
    assert_int_equal(address_index_find(&index_of_blocks, 0x7ffeffffffff, &starts), 1);
    assert_int_equal(address_index_find(&index_of_blocks, 0xffffffffffff, &starts), 2);
    close_blocks();
}

/* --- memory -------------------------------------------------------------- */

static void memory_follows_the_blocks_not_their_length(void **state)
{
    open_blocks(100000);
    add(0x10000000, 100ull << 30); /* all but the ends of it take an entry for each GiB */
    add((0x10000000ull + (100ull << 30)), 16);
    assert_in_range(address_index_plan(&index_of_blocks, blocks, n, &sizes), 1, 150 << 10);
    n = 0;
    for (size_t k = 0; k < 100000; k++)
        add(0x10000000 + k * 48, 32);
    assert_in_range(address_index_plan(&index_of_blocks, blocks, n, &sizes), 1,
                    (100000 * 48 / 64) + (140 << 10));
    free(blocks);
    free(large);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(dense_blocks_of_every_granule),
        cmocka_unit_test(sparse_blocks),
        cmocka_unit_test(blocks_at_every_border),
        cmocka_unit_test(pointer_between_distant_blocks_is_in_none),
        cmocka_unit_test(sizes_that_cannot_be),
        cmocka_unit_test(memory_follows_the_blocks_not_their_length),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
