#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "suppress/suppress_glob.h"

static void globs_match_as_in_valgrind(void **state)
{
    static const struct {
        const char *glob, *text;
        bool match;
    } cases[] = {
        {"malloc", "malloc", true},
        {"malloc", "mallocx", false},
        {"malloc", "xmalloc", false},
        {"", "", true},
        {"", "a", false},
        {"*", "", true},
        {"*", "anything", true},
        {"a*", "a", true},
        {"*a", "bba", true},
        {"*a", "bab", false},
        {"a*b*c", "aXbYbZc", true},
        {"a*b*c", "aXcYb", false},
        {"?", "a", true},
        {"?", "", false},
        {"??", "a", false},
        {"_Zn?m", "_Znwm", true},
        {"_Zn?m", "_Znm", false},
        {"*?", "", false},
        {"*?", "a", true},
        {"*ab", "aab", true},
        {"*aab", "aaaab", true},
        {"lib*.so*", "libX.so.6", true},
        {"a\\b", "a\\b", true},
        {"a\\*b", "a\\xb", true},
        {"a\\*b", "a*b", false},
        {"a*b", "a*b", true},
        {"a?b", "a?b", true},
        {"operator new(*)", "operator new(unsigned long)", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        if (suppress_glob_matches(cases[i].glob, cases[i].text) != cases[i].match)
            fail_msg("%s on %s", cases[i].glob, cases[i].text);
    }
}

static void templates_match_as_in_leaksanitizer(void **state)
{
    static const struct {
        const char *text, *name;
        bool match;
    } cases[] = {
        {"foo", "foo", true},       {"foo", "xfoox", true},
        {"foo", "fo", false},       {"^foo", "foobar", true},
        {"^foo", "xfoo", false},    {"foo$", "xfoo", true},
        {"foo$", "foox", false},    {"^foo$", "foo", true},
        {"^foo$", "foofoo", false}, {"f*o", "xfAAox", true},
        {"^f*o$", "fAAo", true},    {"^f*o$", "fAAox", false},
        {"foo$", "foofoo", true},   {"a?b", "a?b", true},
        {"a?b", "aXb", false},      {"a\\b", "xa\\bx", true},
        {"^*foo", "xfoo", true},    {"foo*$", "foox", true},
        {"a$b", "xa$by", true},     {"$", "", true},
        {"^", "a", true},           {"libcrypto.so", "/usr/lib/libcrypto.so.3", true},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *glob = suppress_glob_from_template(cases[i].text, strlen(cases[i].text));
        if (suppress_glob_matches_stars(glob, cases[i].name) != cases[i].match)
            fail_msg("%s (as %s) on %s", cases[i].text, glob, cases[i].name);
        free(glob);
    }
}

static void copy_makes_runs_of_stars_one(void **state)
{
    static const char *const cases[][2] = {
        {"a***b", "a*b"}, {"***", "*"}, {"a", "a"}, {"", ""}, {"**a*?**", "*a*?*"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char *copy = suppress_glob_copy(cases[i][0], strlen(cases[i][0]));
        assert_string_equal(copy, cases[i][1]);
        free(copy);
    }
}

/* With a matcher that tries every star again this would not end before the sun does. */
static void many_stars_cost_no_more_than_one(void **state)
{
    char glob[2002] = "", text[20001];
    for (size_t i = 0; i < 1000; i++)
        memcpy(glob + 2 * i, "a*", 2);
    glob[2000] = 'b';
    memset(text, 'a', sizeof text - 1);
    text[sizeof text - 1] = '\0';
    assert_false(suppress_glob_matches(glob, text));
    text[sizeof text - 2] = 'b';
    assert_true(suppress_glob_matches(glob, text));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(globs_match_as_in_valgrind),
        cmocka_unit_test(templates_match_as_in_leaksanitizer),
        cmocka_unit_test(copy_makes_runs_of_stars_one),
        cmocka_unit_test(many_stars_cost_no_more_than_one),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
