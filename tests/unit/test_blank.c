/* blank in front of the C library's own malloc: no old word in what is handed out, and none of the
 * program's words lost. */
#include "libc/blank.h"

#include "libc/glibc_layout.h"
#include "libc/real.h"
#include "os/sys.h"

#include <malloc.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include <cmocka.h>

static const size_t sizes[] = {0,    1,    8,    23,   24,   25,    40,     41,    56,   57,
                               72,   73,   100,  120,  121,  136,   500,    1000,  4095, 4096,
                               4104, 4105, 5000, 8192, 9000, 65536, 100000, 131000};
#define SIZES (sizeof sizes / sizeof *sizes)
#define MANY  64

static void *blocks[MANY];

/* Memory of the size, and around it, full of `x` when it is free again. */
static void spoil(size_t size)
{
    for (size_t i = 0; i < MANY; i++)
        blocks[i] = malloc(size + 16 * i);
    for (size_t i = 0; i < MANY; i++)
        memset(blocks[i], 'x', malloc_usable_size(blocks[i]));
    for (size_t i = 0; i < MANY; i += 2)
        free(blocks[i]);
    for (size_t i = 1; i < MANY; i += 2)
        free(blocks[i]);
}

static void assert_blank(const char *begin, const char *end)
{
    for (const char *at = begin; at < end; at++)
        assert_int_equal(*at, 0);
}

static void free_all(void)
{
    for (size_t i = 0; i < MANY; i++)
        free(blocks[i]);
}

static void malloc_gives_zeros(void **state)
{
    for (size_t s = 0; s < SIZES; s++) {
        spoil(sizes[s]);
        for (size_t i = 0; i < MANY; i++) {
            char *block = blocks[i] = real.malloc(sizes[s]);
            assert_blank(block, block + malloc_usable_size(block));
        }
        free_all();
    }
}

static void aligned_blocks_are_zeros(void **state)
{
    for (size_t s = 0; s < SIZES; s++) {
        spoil(sizes[s]);
        void *placed = NULL;
        assert_int_equal(real.posix_memalign(&placed, 64, sizes[s]), 0);
        void *made[] = {placed, real.memalign(256, sizes[s]), real.aligned_alloc(32, sizes[s]),
                        real.valloc(sizes[s]), real.pvalloc(sizes[s])};
        for (size_t i = 0; i < sizeof made / sizeof *made; i++) {
            assert_blank(made[i], (char *)made[i] + malloc_usable_size(made[i]));
            free(made[i]);
        }
    }
}

/* What malloc_usable_size allows is the program's. */
static void realloc_keeps_all_and_adds_zeros(void **state)
{
    for (size_t s = 0; s < SIZES; s++)
        for (size_t t = 0; t < SIZES; t++) {
            spoil(sizes[s]);
            char *block = real.malloc(sizes[s]);
            size_t room = malloc_usable_size(block);
            memset(block, 'y', room);
            block = real.realloc(block, sizes[t] + 1);
            size_t now = malloc_usable_size(block), kept = room < now ? room : now;
            for (size_t i = 0; i < kept && i <= sizes[t]; i++)
                assert_int_equal(block[i], 'y');
            assert_blank(block + kept, block + now);
            free(block);
        }
}

static void realloc_of_nothing_and_to_nothing(void **state)
{
    spoil(100);
    char *block = real.realloc(NULL, 100);
    assert_blank(block, block + 100);
    assert_null(real.realloc(block, 0));
}

static void no_memory_is_no_block(void **state)
{
    void *place = blocks;
    char *block = memset(real.malloc(100), 'y', 100);
    assert_null(real.malloc(PTRDIFF_MAX));
    assert_null(real.memalign(64, PTRDIFF_MAX));
    assert_int_not_equal(real.posix_memalign(&place, 64, PTRDIFF_MAX), 0);
    assert_ptr_equal(place, blocks);
    assert_null(real.realloc(block, PTRDIFF_MAX));
    assert_int_equal(block[99], 'y');
    free(block);
}

static size_t resident(const char *begin, size_t size)
{
    static unsigned char there[4096];
    size_t count = 0;
    begin = (const char *)((uintptr_t)begin & -(uintptr_t)SYS_PAGE);
    assert_int_equal(mincore((void *)(uintptr_t)begin, size, there), 0);
    for (size_t i = 0; i < size / SYS_PAGE; i++)
        count += there[i] & 1;
    return count;
}

static void pages_of_its_own_are_not_read(void **state)
{
    char *block = real.malloc(4 << 20);
    assert_in_range(resident(block, 4 << 20), 0, 1);
    block = real.realloc(block, 8 << 20);
    assert_in_range(resident(block, 8 << 20), 0, 1);
    free(block);
}

static void a_block_of_operator_new_is_left_beside_glibc(void **state)
{
    char pool[100];
    memset(pool, 'y', sizeof pool);
    blank_new(pool, sizeof pool);
    assert_int_equal(pool[0], 'y');
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(malloc_gives_zeros),
        cmocka_unit_test(aligned_blocks_are_zeros),
        cmocka_unit_test(realloc_keeps_all_and_adds_zeros),
        cmocka_unit_test(realloc_of_nothing_and_to_nothing),
        cmocka_unit_test(no_memory_is_no_block),
        cmocka_unit_test(pages_of_its_own_are_not_read),
        cmocka_unit_test(a_block_of_operator_new_is_left_beside_glibc),
    };
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
    return 0; /* malloc is not glibc's there */
#endif
    const struct glibc_layout_malloc libc = {malloc, free, malloc_usable_size};
    real_resolve();
    glibc_layout_verify(&libc);
    blank_begin();
    return cmocka_run_group_tests(tests, NULL, NULL);
}
