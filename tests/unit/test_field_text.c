/* What a line-based format cannot hold is replaced, and nothing else. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>
#include "base/field_text.h"

static void what_ends_a_line_is_a_blank(void **state)
{
    char text[] = "a\nb\rc\td\x1b[1me\x7f", folded[] = "f(int);g;h", c1[] = "x\xc2\x85y\x9bz",
         utf8[] = "gr\xc3\xbc\xc3\x9f",
         turned[] = "a\xe2\x80\xae"
                    "b";

    (void)state;
    field_text_make(text, "", "");
    assert_string_equal(text, "a b c d [1me ");
    field_text_make(folded, ";", ":");
    assert_string_equal(folded, "f(int):g:h");
    field_text_make(c1, "", "");
    assert_string_equal(c1, "x  y z");
    field_text_make(utf8, "", "");
    assert_string_equal(utf8, "gr\xc3\xbc\xc3\x9f");
    field_text_make(turned, "", "");
    assert_string_equal(turned, "a   b");
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_ends_a_line_is_a_blank)};

    return cmocka_run_group_tests(tests, NULL, NULL);
}
