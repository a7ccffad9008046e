/* Text of any bytes as XML may hold it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/utf8.h"
#include "base/xml_text.h"

static void expect_by(void (*put)(FILE *, const char *), const char *text, const char *wanted)
{
    char *made = NULL;
    size_t size;
    FILE *out = open_memstream(&made, &size);

    put(out, text);
    fclose(out);
    assert_string_equal(made, wanted);
    free(made);
}

static void expect(const char *text, const char *wanted)
{
    expect_by(xml_text_put, text, wanted);
}

static void markup_becomes_entities(void **state)
{
    expect("std::map<int, \"a\">::f(T&&)", "std::map&lt;int, &quot;a&quot;&gt;::f(T&amp;&amp;)");
    expect("", "");
}

static void what_xml_cannot_hold_is_a_question_mark(void **state)
{
    expect("a\x01\x1b[31m\x7f\n", "a??[31m??");
    expect("\xc2\x85", "??");                       /* C1 */
    expect("\xef\xbf\xbe \xef\xbf\xbf", "??? ???"); /* U+FFFE, U+FFFF */
    expect("\xe2\x80\xae", "???");                  /* right to left */
    expect("a\tb", "a&#9;b");
}

static void bytes_that_are_no_utf8_are_question_marks(void **state)
{
    expect("\xff\xc3", "??");
    expect("\xc0\xaf \xe0\x80\xaf", "?? ???"); /* overlong */
    expect("\xed\xa0\x80", "???");             /* a surrogate */
    expect("\xf4\x90\x80\x80", "????");        /* beyond U+10FFFF */
    expect("\xe2\x82", "??");                  /* cut short */
    expect("\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80", "\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80");
}

static void no_section_ends_early(void **state)
{
    expect_by(xml_text_put_cdata, "a<b>\n", "a<b>\n");
    expect_by(xml_text_put_cdata, "x]]>y", "x]]]><![CDATA[]>y");
    expect_by(xml_text_put_cdata, "]]]]>>", "]]]]]><![CDATA[]>>");
}

static void characters_are_told(void **state)
{
    uint32_t character = 0;

    assert_int_equal(utf8_character("\xf0\x9f\x98\x80", &character), 4);
    assert_int_equal(character, 0x1f600);
    assert_int_equal(utf8_character("a", &character), 1);
    assert_int_equal(character, 'a');
    assert_int_equal(utf8_character("\x80", &character), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(markup_becomes_entities),
        cmocka_unit_test(what_xml_cannot_hold_is_a_question_mark),
        cmocka_unit_test(bytes_that_are_no_utf8_are_question_marks),
        cmocka_unit_test(no_section_ends_early),
        cmocka_unit_test(characters_are_told),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
