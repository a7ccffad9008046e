/* document: JSON texts, whole and hostile. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "base/document.h"

static struct document *read_text(const char *text, struct failure *failure)
{
    char path[] = "/tmp/test_document.XXXXXX";
    int fd = mkstemp(path);

    assert_int_equal(write(fd, text, strlen(text)), (ssize_t)strlen(text));
    close(fd);
    struct document *document = document_read(path, failure);
    unlink(path);
    return document;
}

static void values_are_what_they_say(void **state)
{
    (void)state;
    struct failure failure;
    struct document *document = read_text(" {\"a\": [1, -2, 18446744073709551615, 3.7e2, true, "
                                          "null], \"b\": {\"c\" : \"x\"}, \"e\": []}\n",
                                          &failure);

    assert_non_null(document);
    const struct document_value *root = document_root(document), *a = document_member(root, "a");
    assert_int_equal(document_count(a), 6);
    assert_true(document_at(a, 0) == 1 && document_at(a, 1) == (uint64_t)-2);
    assert_true(document_at(a, 2) == UINT64_MAX && document_at(a, 3) == 3);
    assert_true(document_at(a, 4) == 1 && document_at(a, 5) == 0 && document_at(a, 6) == 0);
    assert_string_equal(document_text(document_member(document_member(root, "b"), "c")), "x");
    assert_int_equal(document_count(document_member(root, "e")), 0);
    assert_string_equal(document_text(document_member(root, "nothing")), "");
    assert_int_equal(document_count(document_member(NULL, "nothing")), 0);
    document_free(document);
}

static void texts_are_unescaped(void **state)
{
    (void)state;
    struct failure failure;
    struct document *document = read_text(
        "[\"a\\n\\\"\\\\\\/\\u0041\\u00e4\\u20ac\\ud83d\\ude00\\ud83dx\\u0000\"]", &failure);

    assert_non_null(document);
    assert_string_equal(document_text(document_item(document_root(document), 0)),
                        "a\n\"\\/A\xc3\xa4\xe2\x82\xac\xf0\x9f\x98\x80\xef\xbf\xbdx?");
    document_free(document);
}

static void what_is_not_whole_is_refused(void **state)
{
    (void)state;
    static const char *const texts[] = {
        "",      "[",   "[1",        "[1,]",    "{\"a\"}",     "{\"a\":}",
        "{1:2}", "\"a", "\"\\u12",   "\"\\x\"", "[1] 2",       "nul",
        "-",     "[1}", "{\"a\":1]", "\"\\",    "\"\\ud83d\\", "99999999999999999999",
        "[1 2]"};
    struct failure failure;

    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        assert_null(read_text(texts[i], &failure));
        assert_non_null(strstr(failure.text, "cannot be read from byte "));
    }
}

static void arrays_are_not_deeper_than_the_stack(void **state)
{
    (void)state;
    struct failure failure;
    char deep[200001];

    memset(deep, '[', sizeof deep - 1);
    deep[sizeof deep - 1] = '\0';
    assert_null(read_text(deep, &failure));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(values_are_what_they_say),
        cmocka_unit_test(texts_are_unescaped),
        cmocka_unit_test(what_is_not_whole_is_refused),
        cmocka_unit_test(arrays_are_not_deeper_than_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
