/* Texts made of pieces: each piece arrives whole, however long. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "base/text_buffer.h"

static void pieces_stand_one_after_another(void **state)
{
    struct text_buffer buffer = {0};

    text_buffer_add(&buffer, "");
    assert_string_equal(buffer.text, "");
    text_buffer_add(&buffer, "a");
    text_buffer_format(&buffer, "%s-%u;", "bc", 7u);
    text_buffer_add(&buffer, "d");
    assert_string_equal(buffer.text, "abc-7;d");
    assert_int_equal(buffer.length, 7);
    free(buffer.text);
}

/* Each length around the room that there is, as text and as a number's width. */
static void pieces_of_each_length_arrive_whole(void **state)
{
    for (int length = 0; length < 1200; length++) {
        struct text_buffer buffer = {0};
        char *text = calloc(1, (size_t)length + 1);

        memset(text, 'x', (size_t)length);
        text_buffer_add(&buffer, text);
        text_buffer_add(&buffer, "y");
        text_buffer_format(&buffer, "%sz%*d", text, length, 1);
        assert_int_equal(buffer.length, strlen(buffer.text));
        assert_int_equal(buffer.length, length + 1 + length + 1 + (length ? length : 1));
        assert_memory_equal(buffer.text, text, (size_t)length);
        assert_int_equal(buffer.text[length], 'y');
        assert_int_equal(buffer.text[2 * length + 1], 'z');
        assert_int_equal(buffer.text[buffer.length - 1], '1');
        free(text);
        free(buffer.text);
    }
}

static void cleared_buffer_is_empty(void **state)
{
    struct text_buffer buffer = {0};

    text_buffer_clear(&buffer);
    assert_string_equal(buffer.text, "");
    text_buffer_add(&buffer, "long ago");
    text_buffer_clear(&buffer);
    assert_string_equal(buffer.text, "");
    text_buffer_format(&buffer, "%d", 3);
    assert_string_equal(buffer.text, "3");
    free(buffer.text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(pieces_stand_one_after_another),
        cmocka_unit_test(pieces_of_each_length_arrive_whole),
        cmocka_unit_test(cleared_buffer_is_empty),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
