#include "os/message.h"

#include "scratch.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <cmocka.h>

#define FORMAT(...) (message_format(text, sizeof text, __VA_ARGS__))

static char text[256];

static void numbers_with_commas(void **state)
{
    static const struct {
        uint64_t number;
        const char *text;
    } cases[] = {{0, "0"},
                 {9, "9"},
                 {999, "999"},
                 {1000, "1,000"},
                 {77412, "77,412"},
                 {100000, "100,000"},
                 {999999, "999,999"},
                 {1000000, "1,000,000"},
                 {1000001, "1,000,001"},
                 {UINT64_MAX, "18,446,744,073,709,551,615"}};
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(FORMAT("%u", cases[i].number), strlen(cases[i].text));
        assert_string_equal(text, cases[i].text);
    }
}

static void every_format(void **state)
{
    FORMAT("%d|%d|%d", (int64_t)-1234567, (int64_t)0, INT64_MIN);
    assert_string_equal(text, "-1234567|0|-9223372036854775808");
    FORMAT("0x%x 0x%x", (uint64_t)0xdeadbeef1234, (uint64_t)0);
    assert_string_equal(text, "0xDEADBEEF1234 0x0");
    FORMAT("%s-%s 100%%", "a%sb", "");
    assert_string_equal(text, "a%sb- 100%");
    assert_int_equal(FORMAT("plain"), 5);
    assert_string_equal(text, "plain");
}

static void what_is_too_long_is_cut(void **state)
{
    char small[8];
    memset(small, 'X', sizeof small);
    assert_int_equal(message_format(small, 6, "%s", "0123456789"), 5);
    assert_memory_equal(small, "01234\0XX", 8);
    assert_int_equal(message_format(small, 6, "%u", (uint64_t)1234567), 5);
    assert_memory_equal(small, "1,234\0XX", 8);
    assert_int_equal(message_format(small, 1, "%s", "a"), 0);
    assert_memory_equal(small, "\0", 1);
}

/* --- where lines go: each case in a process of its own ------------------- */

static int clean(void **state)
{
    unlink(scratch_path("err"));
    unlink(scratch_path("other"));
    unlink(scratch_path("file"));
    return 0;
}

static void open_as(int fd, const char *name)
{
    int opened = open(scratch_path(name), O_RDWR | O_CREAT | O_APPEND, 0600);
    EXPECT(opened >= 0);
    if (opened != fd) {
        EXPECT(dup2(opened, fd) == fd);
        close(opened);
    }
}

static void say(void)
{
    open_as(2, "err");
    message_begin();
    message_line("in use at exit: %u bytes in %u blocks", (uint64_t)77412, (uint64_t)7);
    message_line("%s", "");
}

static void assert_said(const char *name, const char *lines)
{
    char bare[16384] = "";
    const char *all = scratch_read(scratch_path(name));
    size_t used = 0;
    for (const char *at = all; *at;) {
        int pid = 0;
        int length = 0;
        assert_int_equal(sscanf(at, "==%d==%n", &pid, &length), 1);
        assert_int_equal(at[length], ' ');
        at += length + 1;
        size_t line = strcspn(at, "\n") + 1;
        memcpy(bare + used, at, line);
        used += line;
        at += line;
    }
    assert_string_equal(bare, lines);
}

static void a_line_to_standard_error(void **state)
{
    assert_int_equal(scratch_in_child(say), 0);
    assert_said("err", "in use at exit: 77,412 bytes in 7 blocks\n\n");
}

static void say_after_close(void)
{
    open_as(2, "err");
    message_begin();
    close(2);
    message_line("one");
    open_as(2, "other"); /* the program takes the number for a file of its own */
    message_line("two");
}

static void the_program_closed_standard_error(void **state)
{
    assert_int_equal(scratch_in_child(say_after_close), 0);
    assert_said("err", "one\ntwo\n");
    assert_string_equal(scratch_read(scratch_path("other")), "");
}

static void say_after_close_of_all(void)
{
    open_as(2, "err");
    message_begin();
    for (int fd = 2; fd < 1100; fd++)
        close(fd);
    message_line("nowhere to go");
    open_as(2, "other");
    for (int fd = 100; fd < 1010; fd++)
        dup2(2, fd);
    message_line("not into this");
}

static void every_descriptor_was_closed(void **state)
{
    assert_int_equal(scratch_in_child(say_after_close_of_all), 0);
    assert_string_equal(scratch_read(scratch_path("err")), "");
    assert_string_equal(scratch_read(scratch_path("other")), "");
}

static void say_without_standard_error(void)
{
    close(2);
    message_begin();
    open_as(2, "other");
    message_line("not into this");
}

static void started_without_standard_error(void **state)
{
    assert_int_equal(scratch_in_child(say_without_standard_error), 0);
    assert_string_equal(scratch_read(scratch_path("other")), "");
}

static void say_to_file(void)
{
    open_as(2, "err");
    scratch_write(scratch_path("file"), "what an earlier run said\n");
    message_begin();
    message_to_file(scratch_path("file"), false);
    message_line("one");
    message_line("two");
}

static void lines_to_a_file(void **state)
{
    assert_int_equal(scratch_in_child(say_to_file), 0);
    assert_said("file", "one\ntwo\n");
    assert_string_equal(scratch_read(scratch_path("err")), "");
}

static void say_to_no_file(void)
{
    open_as(2, "err");
    message_begin();
    message_to_file(scratch_path("nowhere/file"), false);
    message_line("said");
}

static void a_file_that_cannot_be_made(void **state)
{
    assert_int_equal(scratch_in_child(say_to_no_file), 0);
    const char *said = scratch_read(scratch_path("err"));
    assert_non_null(strstr(said, "nowhere/file: No such file or directory; it goes to standard"));
    assert_non_null(strstr(said, "== said\n"));
}

/* Whoever made it so wants no words of ours in its place. */
static void say_to_a_file_that_was_lost(void)
{
    open_as(2, "err");
    message_begin();
    mkdir(scratch_path("folder"), 0700);
    message_to_file(scratch_path("folder/file"), false);
    message_line("one");
    unlink(scratch_path("folder/file"));
    rmdir(scratch_path("folder"));
    for (int fd = 3; fd < 2000; fd++)
        close(fd);
    message_line("two");
}

static void a_file_that_cannot_be_opened_again(void **state)
{
    assert_int_equal(scratch_in_child(say_to_a_file_that_was_lost), 0);
    assert_string_equal(scratch_read(scratch_path("err")), "");
}

static void say_to_a_moved_file(void)
{
    open_as(2, "err");
    message_begin();
    message_to_file(scratch_path("file"), false);
    rename(scratch_path("file"), scratch_path("other"));
    message_line("one");
}

static void the_file_is_kept_open(void **state)
{
    assert_int_equal(scratch_in_child(say_to_a_moved_file), 0);
    assert_said("other", "one\n");
}

static char long_word[10000];

static void say_much(void)
{
    open_as(2, "err");
    message_begin();
    memset(long_word, 'w', sizeof long_word - 1);
    message_line("%s", long_word);
    message_line("next");
}

static void a_line_too_long_is_a_line(void **state)
{
    assert_int_equal(scratch_in_child(say_much), 0);
    const char *said = scratch_read(scratch_path("err"));
    size_t length = strcspn(said, "\n");
    assert_true(length > 8000 && length < 8192);
    assert_non_null(strstr(said + length, "== next\n"));
}

static void say_after_forget(void)
{
    open_as(2, "err");
    message_begin();
    message_forget();
    message_line("not said");
    struct stat err, other;
    EXPECT(fstat(2, &err) == 0);
    for (int fd = 3; fd < 1100; fd++)
        EXPECT(fstat(fd, &other) != 0 || other.st_ino != err.st_ino || other.st_dev != err.st_dev);
}

static void a_forked_child_is_silent(void **state)
{
    assert_int_equal(scratch_in_child(say_after_forget), 0);
    assert_string_equal(scratch_read(scratch_path("err")), "");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clean)
    const struct CMUnitTest tests[] = {
        TEST(numbers_with_commas),
        TEST(every_format),
        TEST(what_is_too_long_is_cut),
        TEST(a_line_to_standard_error),
        TEST(the_program_closed_standard_error),
        TEST(every_descriptor_was_closed),
        TEST(started_without_standard_error),
        TEST(lines_to_a_file),
        TEST(a_file_that_cannot_be_made),
        TEST(a_file_that_cannot_be_opened_again),
        TEST(the_file_is_kept_open),
        TEST(a_line_too_long_is_a_line),
        TEST(a_forked_child_is_silent),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
