/* glibc_layout against glibc's own malloc, and against one that has it otherwise. */
#include "libc/glibc_layout.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

static const struct glibc_layout_malloc own = {malloc, free, malloc_usable_size};

static void own_malloc_is_as_known(void **state)
{
    assert_true(glibc_layout_verify(&own));
    assert_true(glibc_layout_is_known());
    assert_true(glibc_layout_mapped_holds(&own));
    assert_false(glibc_layout_is_doubtful());
}

/* --- others -------------------------------------------------------------- */

static uint64_t heap[256];
static uint64_t head_flags, usable_less, next_flags;

static void *odd_malloc(size_t size)
{
    uint64_t *block = heap + 2;
    uint64_t chunk = (size + 8 + 15) / 16 * 16;
    memset(heap, 0, sizeof heap);
    block[-1] = chunk | head_flags;
    block[chunk / 8 - 1] = 0x100 | next_flags;
    return block;
}

static void odd_free(void *block)
{
    (void)block;
}

static size_t odd_usable(void *block)
{
    return (((uint64_t *)block)[-1] & ~7ull) - usable_less;
}

static bool odd_is_known(uint64_t flags, uint64_t less, uint64_t flags_of_next)
{
    const struct glibc_layout_malloc odd = {odd_malloc, odd_free, odd_usable};
    head_flags = flags;
    usable_less = less;
    next_flags = flags_of_next;
    bool known = glibc_layout_verify(&odd);
    assert_int_equal(known, glibc_layout_is_known());
    return known;
}

static void other_layouts_are_told(void **state)
{
    assert_true(odd_is_known(1, 8, 1));
    assert_true(odd_is_known(1 | 4, 8, 1 | 4)); /* of another arena */
    assert_false(glibc_layout_is_doubtful());
    assert_false(odd_is_known(1, 9, 1)); /* one byte is malloc's (MALLOC_CHECK_ before 2.34) */
    assert_false(odd_is_known(1, 16, 1));
    assert_false(odd_is_known(1 | 16, 8, 1));
    assert_false(odd_is_known(1 | 2, 8, 1));
    assert_false(odd_is_known(1, 8, 0));
    assert_true(glibc_layout_is_doubtful());
}

/* --- mappings ------------------------------------------------------------ */

static void mapping_is_told_by_either_size(void **state)
{
    struct glibc_mapped_chunk mapped;
    const uint64_t older[2] = {0x30, 0x2fd0 | 2}, newer[2] = {0x30 | 1, 0x2fc0 | 2};
    const uint64_t neither[2] = {0x30, 0x2fb0 | 2}, used[2] = {0x30, 0x2fd0 | 1};
    const uint64_t large[2] = {0x2030, 0x2fd0 | 2};
    assert_true(glibc_layout_mapped(0x1030, older, &mapped));
    assert_int_equal(mapped.begin, 0x1000);
    assert_int_equal(mapped.end, 0x4000);
    assert_true(glibc_layout_mapped(0x1030, newer, &mapped));
    assert_int_equal(mapped.begin, 0x1000);
    assert_int_equal(mapped.end, 0x4000);
    assert_false(glibc_layout_mapped(0x1030, neither, &mapped));
    assert_false(glibc_layout_mapped(0x1030, used, &mapped));
    assert_false(glibc_layout_mapped(0x1030, large, &mapped));
}

static char *pages;
static uint64_t size_word;

static void *mapping_malloc(size_t size)
{
    size_t whole = (size + 16 + 4095) / 4096 * 4096;
    pages = mmap(NULL, whole, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    ((uint64_t *)pages)[1] = (whole - size_word) | 2;
    return pages + 16;
}

static void odd_mapping_is_told(void **state)
{
    const struct glibc_layout_malloc odd = {mapping_malloc, odd_free, odd_usable};
    for (size_word = 0; size_word <= 64; size_word += 8)
        assert_int_equal(glibc_layout_mapped_holds(&odd), size_word < 24 && size_word % 16 == 0);
    assert_true(glibc_layout_is_doubtful());
}

static void *no_malloc(size_t size)
{
    (void)size;
    return NULL;
}

static void where_there_is_no_memory_nothing_is_said_of_mappings(void **state)
{
    const struct glibc_layout_malloc poor = {no_malloc, odd_free, odd_usable};
    assert_true(glibc_layout_mapped_holds(&poor));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(own_malloc_is_as_known),
        cmocka_unit_test(other_layouts_are_told),
        cmocka_unit_test(mapping_is_told_by_either_size),
        cmocka_unit_test(odd_mapping_is_told),
        cmocka_unit_test(where_there_is_no_memory_nothing_is_said_of_mappings),
    };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0; /* malloc is not glibc's there */
#endif
    return cmocka_run_group_tests(tests, NULL, NULL);
}
