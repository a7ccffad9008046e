#include "trace_format.h"

#include <math.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static void a_chance_is_what_the_exponential_function_says(void **state)
{
    for (double x = 1e-12; x < 60; x *= 1.3) {
        double exact = -expm1(-x);
        assert_true(fabs(trace_sample_chance(x) - exact) <= 1e-11 * exact);
    }
}

/* Each recorded block stands for 1 / chance of them: over all addresses, the mean is that. */
static void parts_of_a_block_are_rounded_without_bias(void **state)
{
    static const uint64_t sizes[] = {1, 24, 500, 4096, 100000, 524288, 5000000};
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        double times = 1 / -expm1(-(double)sizes[i] / 524288);
        double blocks = 0, bytes = 0;
        enum { ADDRESSES = 100000 };
        for (uint64_t at = 0; at < ADDRESSES; at++) {
            struct trace_weight weight = trace_weight(524288, 0x7f0000000000 + at * 48, sizes[i]);
            blocks += (double)weight.blocks;
            bytes += (double)weight.bytes;
        }
        assert_true(fabs(blocks / ADDRESSES - times) < 0.01);
        assert_true(fabs(bytes / ADDRESSES - times * (double)sizes[i]) < 0.01);
    }
}

static void without_a_sample_a_block_stands_for_itself(void **state)
{
    struct trace_weight weight = trace_weight(0, 4096, 77);
    assert_int_equal(weight.blocks, 1);
    assert_int_equal(weight.bytes, 77);
}

static void the_error_is_the_root(void **state)
{
    assert_int_equal(trace_sample_error(100, 1000000), 10000);
    assert_int_equal(trace_sample_error(524288, 0), 524288);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_chance_is_what_the_exponential_function_says),
        cmocka_unit_test(parts_of_a_block_are_rounded_without_bias),
        cmocka_unit_test(without_a_sample_a_block_stands_for_itself),
        cmocka_unit_test(the_error_is_the_root),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
