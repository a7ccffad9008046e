#include "os/pages.h"

#include "scratch.h"

#include <stdbool.h>

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

static bool is_listed(uintptr_t begin, uintptr_t end)
{
    size_t count;
    const struct pages_range *ranges = pages_list(&count);
    for (size_t i = 0; i < count; i++)
        if (ranges[i].begin == begin && ranges[i].end == end)
            return true;
    return false;
}

static void memory_is_zeroed_whole_pages_and_listed(void **state)
{
    char *memory = pages_map(5000);
    assert_non_null(memory);
    assert_int_equal((uintptr_t)memory % 4096, 0);
    for (int i = 0; i < 8192; i++)
        assert_int_equal(memory[i], 0);
    memset(memory, 1, 8192);
    assert_true(is_listed((uintptr_t)memory, (uintptr_t)memory + 8192));
}

static void sizes_that_no_kernel_has(void **state)
{
    size_t before, after;
    pages_list(&before);
    assert_null(pages_map(SIZE_MAX));
    assert_null(pages_map(SIZE_MAX - 4096));
    assert_null(pages_map((size_t)1 << 62));
    pages_list(&after);
    assert_int_equal(before, after);
}

static char *wiped;

static void look_in_child(void)
{
    for (int i = 0; i < 4096; i++)
        EXPECT(wiped[i] == 0);
}

static void a_child_finds_zeros(void **state)
{
    wiped = pages_map_wiped_on_fork(100);
    assert_non_null(wiped);
    memset(wiped, 7, 4096);
    assert_int_equal(scratch_in_child(look_in_child), 0);
    assert_int_equal(wiped[4095], 7);
}

static void *map_some(void *argument)
{
    uintptr_t *pages = argument;
    for (int i = 0; i < 100; i++)
        pages[i] = (uintptr_t)pages_map(4096);
    return NULL;
}

static void ranges_of_many_threads(void **state)
{
    static uintptr_t pages[4][100];
    pthread_t threads[4];
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, map_some, pages[i]);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    for (int i = 0; i < 4; i++)
        for (int k = 0; k < 100; k++)
            assert_true(is_listed(pages[i][k], pages[i][k] + 4096));
}

static void more_ranges_than_the_list_holds(void **state)
{
    size_t count;
    for (size_t i = 0; i < PAGES_RANGES_MAX + 10; i++)
        pages_note((const void *)(0x10000 + i * 4096), 4096);
    pages_list(&count);
    assert_int_equal(count, PAGES_RANGES_MAX);
    assert_true(pages_missed() >= 10);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(memory_is_zeroed_whole_pages_and_listed),
        cmocka_unit_test(sizes_that_no_kernel_has),
        cmocka_unit_test(a_child_finds_zeros),
        cmocka_unit_test(ranges_of_many_threads),
        cmocka_unit_test(more_ranges_than_the_list_holds), /* last: the list is full */
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
