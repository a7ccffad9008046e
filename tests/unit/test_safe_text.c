/* What may be printed of text from elsewhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

#include <stdlib.h>
#include "base/safe_text.h"

static void shows(const char *text, const char *expected)
{
    char *shown;
    size_t size;
    FILE *out = open_memstream(&shown, &size);

    safe_text_put(out, text);
    fclose(out);
    assert_string_equal(shown, expected);
    free(shown);
}

static void harmless_text_is_left_alone(void **state)
{
    shows("", "");
    shows("/usr/lib/a b\t(c.c:7) ~!", "/usr/lib/a b\t(c.c:7) ~!");
    shows("\303\204\303\237 \342\202\254 \360\237\230\200",
          "\303\204\303\237 \342\202\254 \360\237\230\200");
    shows("\302\240", "\302\240"); /* the first character behind C1 */
    shows("caf\351", "caf\351");   /* ISO 8859-1 */
}

static void control_characters_become_question_marks(void **state)
{
    shows("\033]0;x\007", "?]0;x?");
    shows("a\nb\rc\177", "a?b?c?");
    shows("\302\233"
          "31m",
          "??31m"); /* CSI, as UTF-8 */
    shows("\302\237", "??");
    shows("\233"
          "31m",
          "?31m"); /* CSI, as a byte */
    shows("\377\233\200", "\377??");
}

static void order_of_text_cannot_be_turned(void **state)
{
    shows("a\342\200\256b", "a???b");
    shows("\342\200\252\342\201\246\342\201\251", "?????????");
    shows("\342\200\251\342\200\257\342\201\252", "\342\200\251\342\200\257\342\201\252");
}

static void character_cut_by_the_end(void **state)
{
    shows("\303", "\303");
    shows("\342\202", "\342?");
    shows("\360\237\230", "\360??");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(harmless_text_is_left_alone),
        cmocka_unit_test(control_characters_become_question_marks),
        cmocka_unit_test(order_of_text_cannot_be_turned),
        cmocka_unit_test(character_cut_by_the_end),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
