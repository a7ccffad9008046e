#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "address_index.h"

/* n blocks, the k-th at place(k): searches at, just before and far behind every start. */
static void check_index(uint32_t n, uint64_t (*place)(uint32_t))
{
    struct address_index index;
    struct trace_verdict *blocks = calloc(n, sizeof *blocks);
    size_t size = address_index_size(n);
    char *memory = malloc(size);
    assert_non_null(blocks);
    assert_non_null(memory);
    for (uint32_t k = 0; k < n; k++)
        blocks[k].where = place(k) | (uint64_t)TRACE_BY_NEW << TRACE_FAMILY_SHIFT;
    assert_ptr_equal(address_index_build(&index, blocks, n, memory), memory + size);
    for (uint32_t k = 0; k < n; k++) {
        uint64_t behind = k + 1 < n ? place(k + 1) - 1 : UINT64_MAX - 1;
        assert_int_equal(address_index_find(&index, place(k)), k);
        assert_int_equal(address_index_find(&index, behind), k);
    }
    free(memory);
    free(blocks);
}

static uint64_t place_densely(uint32_t k)
{
    return 0x555555555000u + k * 32ull;
}
/* Ever farther apart, up to the end of the address space. */
static uint64_t place_sparsely(uint32_t k)
{
    return k < 32 ? 0x1000 + (1ull << k) : (uint64_t)k << 32;
}

static void every_size_around_the_groups(void **state)
{
    (void)state;
    for (uint32_t n = 1; n < 1200; n++)
        check_index(n, place_densely);
    for (uint32_t n = 1; n < 300; n++)
        check_index(n, place_sparsely);
}

static void several_levels(void **state)
{
    (void)state;
    const uint32_t full = ADDRESS_INDEX_STRIDE * ADDRESS_INDEX_FANOUT * ADDRESS_INDEX_FANOUT;
    for (int more = -1; more <= 1; more++) {
        check_index((uint32_t)((int)full + more), place_densely);
        check_index((uint32_t)((int)(full * ADDRESS_INDEX_FANOUT) + more), place_densely);
    }
}

/* The most that reach takes must not need more levels than there are. */
static void levels_suffice(void **state)
{
    (void)state;
    uint64_t blocks = ADDRESS_INDEX_STRIDE;
    for (int level = 0; level < ADDRESS_INDEX_LEVELS; level++)
        blocks *= ADDRESS_INDEX_FANOUT;
    assert_true(blocks > UINT32_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_size_around_the_groups),
        cmocka_unit_test(several_levels),
        cmocka_unit_test(levels_suffice),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
