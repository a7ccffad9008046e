#include "tables/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#define MS 1000000ull

/* Looks of a thread with so many events a second, from the start on, within so many milliseconds.
 */
static unsigned looks_of(uint64_t events_each_second, uint64_t limit_ms)
{
    unsigned looks = 0;
    uint32_t batch = USAGE_BATCH_MIN;
    for (uint64_t now = 0; now < limit_ms * MS; looks++) {
        uint64_t took = batch * 1000 * MS / events_each_second;
        now += took;
        batch = usage_next_batch(batch, took);
    }
    return looks;
}

static void fast_threads_look_seldom(void **state)
{
    assert_in_range(looks_of(10000000, 1000), 200, 1000);
    assert_in_range(looks_of(100000, 1000), 200, 600);
}

/* 16 moments are needed to tell what grows, four in a second are taken. */
static void slow_threads_look_soon_enough(void **state)
{
    assert_in_range(looks_of(1000, 8000), 30, 200);
    assert_in_range(looks_of(200, 8000), 30, 200);
    assert_in_range(looks_of(20, 60000), 100, 400);
}

static void a_batch_comes_back(void **state)
{
    assert_int_equal(usage_next_batch(4, 1 * MS), 8);
    assert_int_equal(usage_next_batch(4, 1000 * MS), 4);
    assert_int_equal(usage_next_batch(256, 50 * MS), 256);
    assert_int_equal(usage_next_batch(256, 101 * MS), 128);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(fast_threads_look_seldom),
                                       cmocka_unit_test(slow_threads_look_soon_enough),
                                       cmocka_unit_test(a_batch_comes_back)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
