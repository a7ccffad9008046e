#include "os/bytes.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <cmocka.h>

/* Each is compared with libc's, at every length and place of a small buffer. */
#define SIZE 40u

static unsigned char pattern[SIZE], ours[SIZE], theirs[SIZE];

static int begin(void **state)
{
    for (unsigned i = 0; i < SIZE; i++)
        pattern[i] = ours[i] = theirs[i] = (unsigned char)(i * 37 + 200);
    return 0;
}

static int sign(int value)
{
    return (value > 0) - (value < 0);
}

static void copy_and_set(void **state)
{
    for (unsigned length = 0; length < SIZE; length++) {
        assert_ptr_equal(bytes_copy(ours, pattern, length), ours);
        memcpy(theirs, pattern, length);
        assert_memory_equal(ours, theirs, SIZE);
        assert_ptr_equal(bytes_set(ours + 1, (int)length - 7, length / 2), ours + 1);
        memset(theirs + 1, (int)length - 7, length / 2);
        assert_memory_equal(ours, theirs, SIZE);
    }
}

static void move_up_and_down(void **state)
{
    for (unsigned from = 0; from < 12; from++)
        for (unsigned to = 0; to < 12; to++)
            for (unsigned length = 0; length < SIZE - 12; length++) {
                begin(state);
                assert_ptr_equal(bytes_move(ours + to, ours + from, length), ours + to);
                memmove(theirs + to, theirs + from, length);
                assert_memory_equal(ours, theirs, SIZE);
            }
}

static void compare_and_find(void **state)
{
    for (unsigned at = 0; at < SIZE; at++) {
        ours[at] ^= 0x80;
        for (unsigned length = 0; length <= SIZE; length++)
            assert_int_equal(sign(bytes_compare(ours, theirs, length)),
                             sign(memcmp(ours, theirs, length)));
        ours[at] ^= 0x80;
        assert_ptr_equal(bytes_find(ours, ours[at], SIZE), memchr(ours, ours[at], SIZE));
        assert_ptr_equal(bytes_find(ours, ours[at], at), memchr(ours, ours[at], at));
    }
}

static const char *const texts[] = {"",      "a",     "b",  "ab",     "abc",    "abd",
                                    "a\x80", "a\xff", "//", "/a/b/c", "a:b: c", "x=y=z"};
#define TEXTS (sizeof texts / sizeof *texts)

static void texts_are_measured_and_compared(void **state)
{
    for (size_t i = 0; i < TEXTS; i++) {
        assert_int_equal(bytes_text_length(texts[i]), strlen(texts[i]));
        for (size_t j = 0; j < TEXTS; j++) {
            assert_int_equal(sign(bytes_text_compare(texts[i], texts[j])),
                             sign(strcmp(texts[i], texts[j])));
            assert_int_equal(bytes_text_length_without(texts[i], texts[j]),
                             strcspn(texts[i], texts[j]));
            assert_int_equal(bytes_text_length_within(texts[i], texts[j]),
                             strspn(texts[i], texts[j]));
            for (size_t limit = 0; limit < 5; limit++)
                assert_int_equal(sign(bytes_text_compare_to(texts[i], texts[j], limit)),
                                 sign(strncmp(texts[i], texts[j], limit)));
        }
        for (size_t limit = 0; limit < 9; limit++)
            assert_int_equal(bytes_text_length_to(texts[i], limit), strnlen(texts[i], limit));
    }
}

static void characters_are_found(void **state)
{
    static const int wanted[] = {'a', 'b', '/', ':', '=', 0, 0x80, 0xff, -1};
    for (size_t i = 0; i < TEXTS; i++)
        for (size_t j = 0; j < sizeof wanted / sizeof *wanted; j++) {
            assert_ptr_equal(bytes_text_find(texts[i], wanted[j]), strchr(texts[i], wanted[j]));
            assert_ptr_equal(bytes_text_find_last(texts[i], wanted[j]),
                             strrchr(texts[i], wanted[j]));
        }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup(copy_and_set, begin),
        cmocka_unit_test(move_up_and_down),
        cmocka_unit_test_setup(compare_and_find, begin),
        cmocka_unit_test(texts_are_measured_and_compared),
        cmocka_unit_test(characters_are_found),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
