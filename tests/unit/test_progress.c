/* The line on the terminal: how often it changes, and that nothing of it is left. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/progress.h"

static struct progress progress;
static uint64_t time_ns;
static char *written;
static size_t size;

static uint64_t fake_clock(void)
{
    return time_ns;
}

static int begin(void **state)
{
    time_ns = 0;
    progress_begin(&progress, open_memstream(&written, &size), true);
    progress.now = fake_clock;
    progress.due = 1000000000;
    return 0;
}

static int end(void **state)
{
    fclose(progress.out);
    free(written);
    return 0;
}

static void expect(const char *text)
{
    fflush(progress.out);
    assert_string_equal(written, text);
}

static void look_at(uint64_t when)
{
    time_ns = when;
    progress_look(&progress);
}

static void nothing_is_shown_within_the_first_second(void **state)
{
    progress_say(&progress, "reading", "/a/b");
    look_at(999999999);
    expect("");
    look_at(1000000000);
    expect("leakreport: reading /a/b\r");
}

static void line_changes_ten_times_a_second(void **state)
{
    progress_count(&progress, "looked up", 1000, 2000);
    look_at(1000000000);
    expect("leakreport: looked up: 1,000 of 2,000\r");
    progress_count(&progress, "looked up", 1001, 2000);
    look_at(1099999999);
    expect("leakreport: looked up: 1,000 of 2,000\r");
    progress_count(&progress, "looked up", 7, 8);
    look_at(1100000000);
    expect("leakreport: looked up: 1,000 of 2,000\r"
           "leakreport: looked up: 7 of 8        \r");
}

/* What a terminal of 80 columns shows in the end: the last line's text over what was there. */
static void nothing_is_left_of_it(void **state)
{
    progress_say(&progress, "reading", "/a/b");
    look_at(1000000000);
    progress_clear(&progress);
    expect("leakreport: reading /a/b\r                        \r");
    progress_clear(&progress);
    look_at(9000000000);
    expect("leakreport: reading /a/b\r                        \r");
}

static void long_name_shows_its_end_in_one_line(void **state)
{
    char name[300];

    memset(name, 'x', sizeof name);
    strcpy(name + sizeof name - 8, "\033end.so");
    progress_say(&progress, "reading", name);
    look_at(1000000000);
    fflush(progress.out);
    assert_int_equal(strlen(written), 79);
    assert_non_null(strstr(written, "xx?end.so\r"));
}

static void without_a_terminal_nothing_is_written(void **state)
{
    struct progress silent;

    progress_begin(&silent, progress.out, false);
    progress_say(&silent, "reading", "/a/b");
    progress_count(&silent, "looked up", 1, 2);
    progress_look(&silent);
    progress_clear(&silent);
    progress_count(NULL, "looked up", 1, 2);
    expect("");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, begin, end)
    const struct CMUnitTest tests[] = {
        TEST(nothing_is_shown_within_the_first_second),
        TEST(line_changes_ten_times_a_second),
        TEST(nothing_is_left_of_it),
        TEST(long_name_shows_its_end_in_one_line),
        TEST(without_a_terminal_nothing_is_written),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
