#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "os/decimal.h"

static void a_number_ends_where_its_digits_do(void **state)
{
    const char *text = "120 kB", *none = "kB 7";
    (void)state;
    assert_int_equal(decimal_read(&text), 120);
    assert_string_equal(text, " kB");
    assert_int_equal(decimal_read(&none), 0);
    assert_string_equal(none, "kB 7");
}

static void what_is_too_large_stays_the_largest(void **state)
{
    const char *largest = "18446744073709551615", *larger = "18446744073709551616",
               *longer = "99999999999999999999999;";
    (void)state;
    assert_int_equal(decimal_read(&largest), UINT64_MAX);
    assert_int_equal(decimal_read(&larger), UINT64_MAX);
    assert_int_equal(decimal_read(&longer), UINT64_MAX);
    assert_string_equal(longer, ";");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_number_ends_where_its_digits_do),
        cmocka_unit_test(what_is_too_large_stays_the_largest),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
