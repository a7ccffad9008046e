#include "check/root_regions.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static uint64_t sum, count;

static void add(void *context, uint64_t begin, uint64_t end)
{
    (void)context;
    sum += end - begin;
    count++;
}

static void look(void)
{
    sum = count = 0;
    root_regions_for_each(add, NULL);
}

static void regions_are_there_until_they_are_removed(void **state)
{
    assert_true(root_regions_add(0x1000, 16));
    assert_true(root_regions_add(0x1000, 16)); /* twice is twice */
    assert_true(root_regions_add(0x2000, 100));
    look();
    assert_int_equal(count, 3);
    assert_int_equal(sum, 132);
    assert_true(root_regions_remove(0x1000, 16));
    look();
    assert_int_equal(count, 2);
    assert_true(root_regions_remove(0x1000, 16));
    assert_true(root_regions_remove(0x2000, 100));
    look();
    assert_int_equal(count, 0);
}

static void what_was_not_added_is_not_removed(void **state)
{
    assert_true(root_regions_add(0x1000, 16));
    assert_false(root_regions_remove(0x1000, 15));
    assert_false(root_regions_remove(0x1008, 16));
    assert_false(root_regions_remove(0, 16));
    assert_false(root_regions_add(0, 16));
    assert_false(root_regions_add(0x1000, 0));
    look();
    assert_int_equal(count, 1);
    assert_true(root_regions_remove(0x1000, 16));
}

static void too_many_are_refused_and_their_slots_used_again(void **state)
{
    for (uintptr_t i = 1; i <= ROOT_REGIONS_MAX; i++)
        assert_true(root_regions_add(i * 4096, 8));
    assert_false(root_regions_add(8, 8));
    assert_true(root_regions_remove(4096 * 7, 8));
    assert_true(root_regions_add(8, 8));
    look();
    assert_int_equal(count, ROOT_REGIONS_MAX);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(regions_are_there_until_they_are_removed),
        cmocka_unit_test(what_was_not_added_is_not_removed),
        cmocka_unit_test(too_many_are_refused_and_their_slots_used_again),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
