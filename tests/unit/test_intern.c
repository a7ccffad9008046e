/* One number for equal keys. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/intern.h"

static void equal_keys_have_one_number(void **state)
{
    struct intern intern = {0};
    size_t size;

    for (int round = 0; round < 2; round++)
        for (uint32_t i = 0; i < 100000; i++) {
            uint32_t key[] = {i * 2654435761u, i, 7};

            assert_int_equal(intern_put(&intern, key, i % 2 ? sizeof key : sizeof *key), i);
        }
    assert_int_equal(intern.count, 100000);
    const uint32_t *key = intern_get(&intern, 77777, &size);
    assert_int_equal(size, 12);
    assert_int_equal(key[1], 77777);
    intern_free(&intern);
}

static void keys_of_different_length_are_different(void **state)
{
    struct intern intern = {0};

    assert_int_equal(intern_put(&intern, "a\0b", 1), 0);
    assert_int_equal(intern_put(&intern, "a\0b", 2), 1);
    assert_int_equal(intern_put(&intern, "", 0), 2);
    assert_int_equal(intern_put(&intern, "a", 1), 0);
    intern_free(&intern);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(equal_keys_have_one_number),
        cmocka_unit_test(keys_of_different_length_are_different),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
