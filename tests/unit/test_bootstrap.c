#include "libc/bootstrap.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static void blocks_are_zeroed_aligned_and_sized(void **state)
{
    const size_t alignments[] = {1, 8, 16, 32, 64, 4096};
    for (size_t i = 0; i < sizeof alignments / sizeof *alignments; i++) {
        size_t size = 1 + i * 37;
        char *block = bootstrap_allocate(size, alignments[i]);
        assert_non_null(block);
        assert_int_equal((uintptr_t)block % (alignments[i] < 16 ? 16 : alignments[i]), 0);
        assert_int_equal(bootstrap_size(block), size);
        assert_ptr_equal(block + size, bootstrap_region + bootstrap_used());
        for (size_t k = 0; k < size; k++)
            assert_int_equal(block[k], 0);
        memset(block, 0xff, size); /* must not reach what the next one is given */
    }
}

static void a_block_of_no_bytes_is_one(void **state)
{
    char *first = bootstrap_allocate(0, 16);
    char *second = bootstrap_allocate(0, 16);
    assert_non_null(first);
    assert_ptr_not_equal(first, second);
    assert_int_equal(bootstrap_size(first), 0);
    assert_true(bootstrap_owns(first));
}

static void only_the_region_is_owned(void **state)
{
    int local;
    assert_true(bootstrap_owns(bootstrap_region));
    assert_true(bootstrap_owns(bootstrap_region + BOOTSTRAP_SIZE - 1));
    assert_false(bootstrap_owns(bootstrap_region + BOOTSTRAP_SIZE));
    assert_false(bootstrap_owns(bootstrap_region - 1));
    assert_false(bootstrap_owns(&local));
    assert_false(bootstrap_owns(NULL));
}

static void what_cannot_fit_is_null(void **state)
{
    assert_null(bootstrap_allocate(BOOTSTRAP_SIZE + 1, 16));
    assert_null(bootstrap_allocate(SIZE_MAX, 16));
    assert_null(bootstrap_allocate(SIZE_MAX - 64, 4096));
    assert_null(bootstrap_allocate(1, (size_t)1 << 63));
    assert_non_null(bootstrap_allocate(1, 16)); /* and no harm was done */
}

#define THREADS 4
#define BLOCKS  400

static void *take_many(void *argument)
{
    char **blocks = argument;
    for (int i = 0; i < BLOCKS; i++) {
        blocks[i] = bootstrap_allocate(24, 16);
        if (blocks[i])
            memset(blocks[i], 1 + i % 100, 24);
    }
    return NULL;
}

static void threads_get_blocks_of_their_own(void **state)
{
    static char *blocks[THREADS][BLOCKS];
    pthread_t threads[THREADS];
    for (int i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, take_many, blocks[i]);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < THREADS; i++)
        for (int k = 0; k < BLOCKS; k++) {
            assert_non_null(blocks[i][k]);
            assert_int_equal(bootstrap_size(blocks[i][k]), 24);
            for (int byte = 0; byte < 24; byte++)
                assert_int_equal(blocks[i][k][byte], 1 + k % 100);
        }
}

static void the_last_byte_is_given_out(void **state)
{
    size_t blocks = 0;
    char *block;
    char *end = NULL;
    for (; (block = bootstrap_allocate(1024, 16)); blocks++)
        end = block + 1024;
    assert_true(blocks > 100);
    assert_true(end <= bootstrap_region + BOOTSTRAP_SIZE);
    while ((block = bootstrap_allocate(1, 16)))
        end = block + 1;
    assert_true(end > bootstrap_region + BOOTSTRAP_SIZE - 64);
    assert_true(bootstrap_owns(end - 1));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(blocks_are_zeroed_aligned_and_sized),
        cmocka_unit_test(a_block_of_no_bytes_is_one),
        cmocka_unit_test(only_the_region_is_owned),
        cmocka_unit_test(what_cannot_fit_is_null),
        cmocka_unit_test(threads_get_blocks_of_their_own),
        cmocka_unit_test(the_last_byte_is_given_out), /* last: nothing is left */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
