/* Where a call stack stops being of interest. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include "symbols/below_main.h"

static void main_and_what_calls_it_are_known(void **state)
{
    static const struct {
        const char *name;
        enum below_main expected;
    } cases[] = {
        {"main", BELOW_MAIN_IS_MAIN},
        {"domain", BELOW_MAIN_NO},
        {"main2", BELOW_MAIN_NO},
        {"_start", BELOW_MAIN_IS_BELOW},
        {"_start2", BELOW_MAIN_NO},
        {"__libc_start_main@@GLIBC_2.34", BELOW_MAIN_NO},
        {"__libc_start_main", BELOW_MAIN_IS_BELOW},
        {"generic_start_main.isra.0", BELOW_MAIN_IS_BELOW},
        {"__libc_start_call_main", BELOW_MAIN_IS_BELOW},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct position position = {.function = cases[i].name};
        struct frame frame = {.position_count = 1, .positions = &position};

        assert_int_equal(below_main_judge(&frame), cases[i].expected);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(main_and_what_calls_it_are_known)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
