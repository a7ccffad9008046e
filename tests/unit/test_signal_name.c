/* Names of signals: libc's own, and none for what is no signal. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "base/signal_name.h"

static void names_are_libcs(void **state)
{
#if __GLIBC_PREREQ(2, 32)
    for (int number = -1; number < 70; number++) {
        const char *name = signal_name(number), *libcs = sigabbrev_np(number);
        assert_int_equal(name != NULL, libcs != NULL);
        if (name)
            assert_string_equal(name + 3, libcs);
    }
#endif
    assert_string_equal(signal_name(SIGSEGV), "SIGSEGV");
    assert_string_equal(signal_name(SIGSYS), "SIGSYS");
}

static void other_numbers_have_none(void **state)
{
    const int numbers[] = {INT_MIN, -1, 0, 32, 64, 65, INT_MAX};
    for (size_t i = 0; i < sizeof numbers / sizeof *numbers; i++)
        assert_null(signal_name(numbers[i]));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(names_are_libcs),
        cmocka_unit_test(other_numbers_have_none),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
