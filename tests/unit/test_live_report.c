#include "live_report.h"

#include "scratch.h"
#include "log_writer.h"

#include <fcntl.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>
#include <cmocka.h>

static const char *log_path;
static bool empties_it;
static unsigned reports;

/* In place of what reads the log: its process may empty that meanwhile. */
enum log_reported log_report_errors(struct log_run *run, const char *path, uint64_t from,
                                    struct failure *failure)
{
    reports++;
    assert_int_equal(from, 1);
    if (empties_it)
        assert_int_equal(truncate(path, 0), 0);
    return LOG_REPORTED;
}

static void write_log(void)
{
    struct log_writer writer;
    log_writer_begin(&writer);
    writer.header.errors_seen = 3;
    writer.header.errors_shown = 1;
    log_writer_finish(&writer);
    int fd = open(log_path, O_WRONLY | O_CREAT | O_TRUNC, 0600);
    assert_int_equal(write(fd, writer.bytes, writer.size), writer.size);
    close(fd);
    log_writer_end(&writer);
}

static uint32_t shown(void)
{
    struct trace_header header = {0};
    int fd = open(log_path, O_RDONLY);
    if (read(fd, &header, sizeof header) != sizeof header)
        header.errors_shown = 0;
    close(fd);
    return header.errors_shown;
}

static void look(void)
{
    struct log_run run = {0};
    struct live_report live = {.run = &run};
    reports = 0;
    live_report_look(&live, log_path);
}

static void what_was_shown_is_said(void **state)
{
    write_log();
    look();
    assert_int_equal(reports, 1);
    assert_int_equal(shown(), 3);
    look();
    assert_int_equal(reports, 0);
}

/* The file stays empty: whoever writes it anew finds nothing of ours in it. */
static void a_log_that_is_emptied_meanwhile(void **state)
{
    write_log();
    empties_it = true;
    look();
    assert_int_equal(reports, 1);
    assert_int_equal(lseek(open(log_path, O_RDONLY), 0, SEEK_END), 0);
    empties_it = false;
    what_was_shown_is_said(state);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(what_was_shown_is_said),
        cmocka_unit_test(a_log_that_is_emptied_meanwhile),
    };
    char path[] = "/tmp/live_report.XXXXXX";
    close(mkstemp(path));
    log_path = path;
    int failed = cmocka_run_group_tests(tests, NULL, NULL);
    unlink(path);
    return failed;
}
