/* Numbers as valgrind writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/number_text.h"

static void numbers_are_grouped_by_thousands(void **state)
{
    assert_string_equal(number_text(0).text, "0");
    assert_string_equal(number_text(999).text, "999");
    assert_string_equal(number_text(1000).text, "1,000");
    assert_string_equal(number_text(123456).text, "123,456");
    assert_string_equal(number_text(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

static void numbers_are_digits_alone_and_within_their_bound(void **state)
{
    static const char *const refused[] = {"",
                                          "-1",
                                          "+1",
                                          " 1",
                                          "1 ",
                                          "0x1",
                                          "65536",
                                          "18446744073709551616",
                                          "99999999999999999999999"};
    uint64_t number = 0;

    (void)state;
    assert_true(number_read("65535", 5, 65535, &number));
    assert_int_equal(number, 65535);
    assert_true(number_read("010,7", 3, 65535, &number));
    assert_int_equal(number, 10);
    assert_true(number_read("18446744073709551615", 20, UINT64_MAX, &number));
    assert_int_equal(number, UINT64_MAX);
    for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
        assert_false(number_read(refused[i], strlen(refused[i]), 65535, &number));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_grouped_by_thousands),
        cmocka_unit_test(numbers_are_digits_alone_and_within_their_bound),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
