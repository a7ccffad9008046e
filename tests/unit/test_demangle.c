/* Linkers' names as programmers write them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "symbols/demangle.h"

static void expect_name(const char *linked, const char *expected)
{
    char *name = demangle_name(linked);

    if (expected)
        assert_string_equal(name, expected);
    else
        assert_null(name);
    free(name);
}

static void cxx_names_come_with_parameters(void **state)
{
    expect_name("_Znwm", "operator new(unsigned long)");
    expect_name("_ZN3FooC1Ei", "Foo::Foo(int)");
    expect_name("_ZNK3Bar3getEv", "Bar::get() const");
}

static void rust_names_come_without_their_hash(void **state)
{
    expect_name("_ZN4core3fmt5Write9write_fmt17h0123456789abcdefE", "core::fmt::Write::write_fmt");
    expect_name("_ZN71_$LT$Test$u20$$u2b$$u20$$u27$static$u20$as$u20$foo..Bar$LT$Test$GT$$GT$"
                "3bar17h930b740aa94f1d3aE",
                "<Test + 'static as foo::Bar<Test>>::bar");
    expect_name("_RNvNtCs1234_7mycrate3foo3bar", "mycrate::foo::bar");
    expect_name("_RINvNtC3std3mem8align_ofdE", "std::mem::align_of::<f64>");
}

static void plain_names_are_left_alone(void **state)
{
    expect_name("main", NULL);
    expect_name("_start", NULL);
    expect_name("_Z", NULL);
    expect_name("_ZNope", NULL);
    expect_name("_RNope", NULL);
    expect_name("", NULL);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(cxx_names_come_with_parameters),
        cmocka_unit_test(rust_names_come_without_their_hash),
        cmocka_unit_test(plain_names_are_left_alone),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
