/* Numbers as valgrind writes them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "base/number_text.h"

static void numbers_are_grouped_by_thousands(void **state)
{
    assert_string_equal(number_text(0).text, "0");
    assert_string_equal(number_text(999).text, "999");
    assert_string_equal(number_text(1000).text, "1,000");
    assert_string_equal(number_text(123456).text, "123,456");
    assert_string_equal(number_text(UINT64_MAX).text, "18,446,744,073,709,551,615");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(numbers_are_grouped_by_thousands),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
