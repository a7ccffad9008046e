/* The command line: what is understood, what is refused, and in which words. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/format.h"
#include "cli/cli.h"
#include "cli/cli_help.h"
#include "trace_format.h"

static struct options options;
static struct failure failure;

/* Parses "leakreport" and the given words. */
static int parse(const char *first, ...)
{
    static char *arguments[16];
    int count = 1;
    va_list words;

    options_free(&options);
    arguments[0] = (char *)"leakreport";
    va_start(words, first);
    for (const char *word = first; word; word = va_arg(words, const char *))
        arguments[count++] = (char *)word;
    va_end(words);
    arguments[count] = NULL;
    return cli_parse(&options, count, arguments, &failure);
}

static void expect_refusal(const char *argument, const char *text)
{
    assert_int_equal(parse(argument, "trace.log", NULL), -1);
    if (!strstr(failure.text, text))
        fail_msg("«%s» is not in «%s»", text, failure.text);
}

static void defaults_are_valgrinds_in_full_detail(void **state)
{
    assert_int_equal(parse("trace.log", NULL), 0);
    assert_string_equal(options.logs.items[0], "trace.log");
    assert_int_equal(options.leak_check, CLI_CHECK_FULL);
    assert_int_equal(options.show_kinds, 1 << TRACE_DEFINITELY_LOST | 1 << TRACE_POSSIBLY_LOST);
    assert_int_equal(options.error_kinds, options.show_kinds);
    assert_int_equal(options.num_callers, 12);
    assert_int_equal(options.error_exitcode, 0);
    assert_true(options.demangle);
}

static void each_option_sets_its_field(void **state)
{
    assert_int_equal(parse("--leak-check=no", "--leak-resolution=med", "--num-callers=30",
                           "--error-exitcode=7", "--demangle=no", "--show-below-main=yes",
                           "--gen-suppressions=all", "--default-suppressions=no", "-s", "-q", "-v",
                           "--log-file=out", "trace.log", NULL),
                     0);
    assert_int_equal(options.leak_check, CLI_CHECK_NO);
    assert_int_equal(options.leak_resolution, CLI_RESOLUTION_MED);
    assert_int_equal(options.num_callers, 30);
    assert_int_equal(options.error_exitcode, 7);
    assert_false(options.demangle);
    assert_true(options.show_below_main);
    assert_int_equal(options.gen_suppressions, 2);
    assert_false(options.default_suppressions);
    assert_true(options.show_error_list && options.quiet && options.verbose);
    assert_string_equal(options.log_to.file, "out");
}

static void set_adds_up_its_names(void **state)
{
    assert_int_equal(parse("--show-leak-kinds=definite,reachable", "t", NULL), 0);
    assert_int_equal(options.show_kinds, 1 << TRACE_DEFINITELY_LOST | 1 << TRACE_REACHABLE);
    assert_int_equal(parse("--show-leak-kinds=all", "t", NULL), 0);
    assert_int_equal(options.show_kinds, 15);
    assert_int_equal(parse("--show-leak-kinds=none", "t", NULL), 0);
    assert_int_equal(options.show_kinds, 0);
    assert_int_equal(parse("--leak-check-heuristics=stdstring,newarray", "t", NULL), 0);
    assert_int_equal(options.heuristics, 1 << TRACE_STDSTRING | 1 << TRACE_NEWARRAY);
}

static void set_with_a_wrong_name_is_refused(void **state)
{
    expect_refusal("--show-leak-kinds=definite,foo", "is not understood at \"foo\"");
    expect_refusal("--show-leak-kinds=definite,", "is not understood at \"\"");
    expect_refusal("--show-leak-kinds=", "is not understood at \"\"");
    expect_refusal("--show-leak-kinds=all,definite", "is not understood at \"all\"");
    expect_refusal("--show-leak-kinds=definite,none", "is not understood at \"none\"");
}

static void old_spellings_change_the_kinds(void **state)
{
    assert_int_equal(parse("--show-reachable=yes", "t", NULL), 0);
    assert_int_equal(options.show_kinds, 15);
    assert_int_equal(parse("--show-possibly-lost=no", "t", NULL), 0);
    assert_int_equal(options.show_kinds, 1 << TRACE_DEFINITELY_LOST);
}

static void later_option_wins(void **state)
{
    assert_int_equal(parse("--num-callers=3", "t.log", "--num-callers=5", NULL), 0);
    assert_int_equal(options.num_callers, 5);
}

static void repeatable_options_are_collected(void **state)
{
    assert_int_equal(parse("--suppressions=a", "--suppressions=b", "--fullpath-after=", "t", NULL),
                     0);
    assert_int_equal(options.suppressions.count, 2);
    assert_string_equal(options.suppressions.items[1], "b");
    assert_int_equal(options.fullpath_after.count, 1);
}

static void bad_values_are_refused(void **state)
{
    expect_refusal("--num-callers=0", "give a number from 1 to 500");
    expect_refusal("--num-callers=501", "give a number from 1 to 500");
    expect_refusal("--num-callers=12x", "give a number from 1 to 500");
    expect_refusal("--num-callers=-1", "give a number from 1 to 500");
    expect_refusal("--num-callers=", "give a number from 1 to 500");
    expect_refusal("--num-callers", "--num-callers needs a value: --num-callers=N");
    expect_refusal("--leak-check=maybe", "--leak-check takes no|summary|full");
    expect_refusal("--demangle=2", "--demangle takes yes|no");
    expect_refusal("-q=yes", "-q takes no value");
    expect_refusal("--log-file=", "--log-file takes FILE");
    expect_refusal("--error-exitcode=256", "give a number from 0 to 255");
}

static void unknown_option_is_refused_by_name(void **state)
{
    expect_refusal("--frobnicate=3", "--frobnicate=3 is not an option of leakreport");
    expect_refusal("-x", "-x is not an option");
    expect_refusal("--leak-chec=no", "is not an option");
}

static void exit_status_2_is_kept_for_trouble(void **state)
{
    expect_refusal("--error-exitcode=2", "--error-exitcode=2 is not allowed");
}

static void logs_must_be_named(void **state)
{
    assert_int_equal(parse("-q", NULL), -1);
    assert_non_null(strstr(failure.text, "no log is given"));
    assert_int_equal(parse("a.log", "-q", "b.log", NULL), 0);
    assert_int_equal(options.logs.count, 2);
    assert_string_equal(options.logs.items[1], "b.log");
}

static void file_names_are_understood_or_refused(void **state)
{
    expect_refusal("--log-file=", "--log-file=");
    unsetenv("TEST_CLI_UNSET");
    setenv("TEST_CLI_SET", "x", 1);
    expect_refusal("--log-file=%",
                   "%p, %n, %q{VAR} and %% are understood in a file name, but not this: %");
    expect_refusal("--log-file=a%%%", "but not this: %");
    expect_refusal("--log-file=%m.txt", "but not this: %m.txt");
    expect_refusal("--log-file=%q{HOME", "but not this: %q{HOME");
    expect_refusal("--xml-file=%q{TEST_CLI_UNSET}",
                   "--xml-file: the variable TEST_CLI_UNSET is not set");
    assert_int_equal(parse("--xml-file=%q{TEST_CLI_SET}%p", "trace.log", NULL), 0);
    assert_string_equal(options.xml_to.file, "%q{TEST_CLI_SET}%p");
    expect_refusal("--log-file=~/x", "may not begin with ~");
    assert_int_equal(parse("--log-file=a%%p%p", "trace.log", NULL), 0);
    assert_string_equal(options.log_to.file, "a%%p%p");
}

/* valgrind's refusals. */
static void xml_needs_a_place(void **state)
{
    expect_refusal("--xml=yes", "add --xml-file=FILE, --xml-fd=N or --xml-socket=ADDRESS:PORT");
    expect_refusal("--xml-fd=x", "give the number of a file descriptor");
    expect_refusal("--xml-fd=-1", "give the number of a file descriptor");
    expect_refusal("--xml-file=", "--xml-file= is not understood");
    expect_refusal("--xml-protocol=5", "--xml-protocol takes 4|6");
    assert_int_equal(parse("--xml=yes", "--xml-fd=1", "--gen-suppressions=yes", "a.log", NULL), -1);
    assert_int_equal(
        parse("--xml=yes", "--xml-file=x", "--xml-fd=7", "--leak-check=no", "a.log", NULL), 0);
    assert_null(options.xml_to.file);
    assert_int_equal(options.xml_to.fd, 7);
    assert_int_equal(options.format, FORMAT_XML);
    assert_int_equal(options.leak_check, CLI_CHECK_FULL);
    assert_int_equal(options.xml_protocol, 4);
}

static void two_dashes_end_the_options(void **state)
{
    assert_int_equal(parse("--", "-q.log", NULL), 0);
    assert_string_equal(options.logs.items[0], "-q.log");
    assert_false(options.quiet);
}

static void run_takes_the_rest_of_the_line(void **state)
{
    assert_int_equal(parse("--run", "--trace-file=x", "-q", "prog", "-v", "--help", NULL), 0);
    assert_int_equal(options.mode, CLI_RUN);
    assert_int_equal(options.run_options.count, 2);
    assert_string_equal(options.run_options.items[1], "-q");
    assert_string_equal(options.program[0], "prog");
    assert_string_equal(options.program[2], "--help");
    assert_null(options.program[3]);
    assert_int_equal(parse("--run", "-q", NULL), -1);
    assert_non_null(strstr(failure.text, "--run needs a program"));
}

/* Without effect, each of them would make a leak look like success. */
static void run_with_an_option_of_the_report_makes_a_report(void **state)
{
    static const char *const asking[] = {"--error-exitcode=1",
                                         "--suppressions=no-such-file",
                                         "--show-leak-kinds=all",
                                         "--errors-for-leak-kinds=all",
                                         "--num-callers=30",
                                         "--gen-suppressions=all",
                                         "--peak",
                                         "--top",
                                         "--top=3",
                                         "--timeline",
                                         "-s",
                                         "--leak-resolution=low",
                                         "--show-reachable=yes",
                                         "--show-possibly-lost=no",
                                         "--show-below-main=yes",
                                         "--demangle=no",
                                         "--fullpath-after=",
                                         "--enable-debuginfod=no",
                                         "--default-suppressions=no",
                                         "--show-error-list=yes",
                                         "--track-origins=yes"};

    for (size_t i = 0; i < sizeof asking / sizeof *asking; i++) {
        assert_int_equal(parse("--run", asking[i], "prog", "--peak=1", NULL), 0);
        assert_int_equal(options.mode, CLI_TRACE);
        assert_string_equal(options.program[0], "prog");
        assert_string_equal(options.program[1], "--peak=1");
        assert_int_equal(parse(asking[i], "--run", "prog", NULL), 0);
        assert_int_equal(options.mode, CLI_TRACE);
    }
    assert_int_equal(parse("--run", "--error-exitcode=7", "prog", NULL), 0);
    assert_int_equal(options.error_exitcode, 7);
    assert_int_equal(parse("--run", "--error-exitcode=2", "prog", NULL), 0);
    assert_int_equal(parse("--run", "--show-leak-kinds=x", "prog", NULL), -1);
    assert_int_equal(parse("--run", "-s", NULL), -1);
    assert_non_null(strstr(failure.text, "--run needs a program"));
}

static void run_takes_the_tracers_options_on_both_sides(void **state)
{
    assert_int_equal(parse("-q", "--trace-children=yes", "--run", "--leak-check=no",
                           "--log-file=%q{HOME}", "--", "-prog", "--error-exitcode=1", NULL),
                     0);
    assert_int_equal(options.mode, CLI_RUN);
    assert_int_equal(options.run_options.count, 4);
    assert_string_equal(options.run_options.items[0], "-q");
    assert_string_equal(options.run_options.items[3], "--log-file=%q{HOME}");
    assert_string_equal(options.program[0], "-prog");
    assert_string_equal(options.program[1], "--error-exitcode=1");
    assert_int_equal(parse("--run", "--version", NULL), 0);
    assert_int_equal(options.mode, CLI_VERSION);
    assert_int_equal(parse("--", "--run.log", NULL), 0);
    assert_int_equal(options.mode, CLI_REPORT);
}

/* No --run is needed: a program is what can be run, and is not a log. */
static void a_program_is_known(void **state)
{
    assert_int_equal(parse("--error-exitcode=3", "--trace-file=x", "true", "trace.log", "-x", NULL),
                     0);
    assert_int_equal(options.mode, CLI_TRACE);
    assert_string_equal(options.program[2], "-x");
    assert_int_equal(options.run_options.count, 1);
    assert_int_equal(options.logs.count, 0);
    assert_int_equal(parse("/bin/true", NULL), 0);
    assert_int_equal(options.mode, CLI_TRACE);
    assert_int_equal(parse("--", "/bin/true", NULL), 0);
    assert_int_equal(options.mode, CLI_TRACE);
    assert_int_equal(parse("trace.log", "true", NULL), 0);
    assert_int_equal(options.mode, CLI_REPORT);
    assert_int_equal(options.logs.count, 2);
    assert_int_equal(parse("/", NULL), 0);
    assert_int_equal(options.mode, CLI_TRACE);
    /* What is not there was meant to be one, unless it has a log's name. */
    assert_int_equal(parse("-q", "./no-such-program", "-x", NULL), 0);
    assert_int_equal(options.mode, CLI_TRACE);
    assert_int_equal(parse("./no-such.log", NULL), 0);
    assert_int_equal(options.mode, CLI_REPORT);
    expect_refusal("--trace-files=x", "--trace-files=x is not an option of leakreport");
    assert_int_equal(parse("--trace-children=yes", "t", NULL), 0);
}

static void use_of_memory_leaves_leaks_out_unless_they_are_asked_for(void **state)
{
    assert_int_equal(parse("t", NULL), 0);
    assert_true(options.show_leaks && !options_want_usage(&options));
    assert_int_equal(parse("--peak", "-q", "--num-callers=3", "t", NULL), 0);
    assert_true(!options.show_leaks && options_want_usage(&options));
    assert_int_equal(options.leak_check, CLI_CHECK_FULL); /* so that errors count as ever */
    assert_int_equal(parse("--timeline", "t", NULL), 0);
    assert_true(!options.show_leaks && options_want_usage(&options));
    assert_int_equal(parse("--peak", "--leak-check=full", "t", NULL), 0);
    assert_true(options.show_leaks);
    assert_int_equal(parse("-s", "--peak", "t", NULL), 0);
    assert_true(options.show_leaks);
}

static void top_takes_a_number_and_orders(void **state)
{
    assert_int_equal(parse("--top", "t", NULL), 0);
    assert_int_equal(options.top, 10);
    assert_int_equal(options.top_orders, 1 << CLI_ORDER_BYTES);
    assert_int_equal(parse("--top=3", "t", NULL), 0);
    assert_int_equal(options.top, 3);
    assert_int_equal(options.top_orders, 1 << CLI_ORDER_BYTES);
    assert_int_equal(parse("--top=calls,5,temporary", "t", NULL), 0);
    assert_int_equal(options.top, 5);
    assert_int_equal(options.top_orders, 1 << CLI_ORDER_CALLS | 1 << CLI_ORDER_TEMPORARY);
    assert_int_equal(parse("--top=live", "--top=peak", "t", NULL), 0);
    assert_int_equal(options.top_orders, 1 << CLI_ORDER_LIVE | 1 << CLI_ORDER_PEAK);
    assert_int_equal(parse("--top=7,all", "t", NULL), 0);
    assert_int_equal(options.top_orders, (1 << CLI_ORDERS_COUNT) - 1);
}

static void top_without_an_order_gives_the_peak_its_number(void **state)
{
    assert_int_equal(parse("--peak", "--top=3", "t", NULL), 0);
    assert_int_equal(options.top, 3);
    assert_int_equal(options.top_orders, 1 << CLI_ORDER_PEAK);
    assert_int_equal(parse("--top=3,calls", "--peak", "t", NULL), 0);
    assert_int_equal(options.top_orders, 1 << CLI_ORDER_PEAK | 1 << CLI_ORDER_CALLS);
}

static void top_of_nothing_known_is_refused(void **state)
{
    expect_refusal("--top=most", "is not understood at \"most\": give a number from 1 to 1000000");
    expect_refusal("--top=0", "is not understood at \"0\"");
    expect_refusal("--top=5,", "is not understood at \"\"");
    expect_refusal("--top=", "is not understood at \"\"");
    expect_refusal("--top=5x,calls", "is not understood at \"5x\"");
    expect_refusal("--top=-1", "is not understood at \"-1\"");
    expect_refusal("--top=99999999999999999999", "is not understood at");
    expect_refusal("--peak=yes", "--peak takes no value");
}

static void options_of_valgrind_without_meaning_are_remembered(void **state)
{
    assert_int_equal(parse("--track-origins=yes", "t", NULL), 0);
    assert_int_equal(options.ignored.count, 1);
    assert_string_equal(options.ignored.items[0],
                        "--track-origins is ignored: reads of uninitialised memory are not looked "
                        "for.");
}

static void help_names_every_option_with_its_default(void **state)
{
    static const char *const names[] = {"--leak-check=no|summary|full",
                                        "--show-leak-kinds=SET",
                                        "--num-callers=N",
                                        "[12]",
                                        "--suppressions=FILE",
                                        "--version",
                                        "Exit status"};
    char *text = NULL;
    size_t size;

    FILE *out = open_memstream(&text, &size);
    cli_print_help(out, false);
    fclose(out);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++)
        assert_non_null(strstr(text, names[i]));
    free(text);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(defaults_are_valgrinds_in_full_detail),
        cmocka_unit_test(each_option_sets_its_field),
        cmocka_unit_test(set_adds_up_its_names),
        cmocka_unit_test(set_with_a_wrong_name_is_refused),
        cmocka_unit_test(old_spellings_change_the_kinds),
        cmocka_unit_test(later_option_wins),
        cmocka_unit_test(repeatable_options_are_collected),
        cmocka_unit_test(bad_values_are_refused),
        cmocka_unit_test(unknown_option_is_refused_by_name),
        cmocka_unit_test(exit_status_2_is_kept_for_trouble),
        cmocka_unit_test(logs_must_be_named),
        cmocka_unit_test(file_names_are_understood_or_refused),
        cmocka_unit_test(xml_needs_a_place),
        cmocka_unit_test(two_dashes_end_the_options),
        cmocka_unit_test(run_takes_the_rest_of_the_line),
        cmocka_unit_test(run_with_an_option_of_the_report_makes_a_report),
        cmocka_unit_test(a_program_is_known),
        cmocka_unit_test(run_takes_the_tracers_options_on_both_sides),
        cmocka_unit_test(use_of_memory_leaves_leaks_out_unless_they_are_asked_for),
        cmocka_unit_test(top_takes_a_number_and_orders),
        cmocka_unit_test(top_without_an_order_gives_the_peak_its_number),
        cmocka_unit_test(top_of_nothing_known_is_refused),
        cmocka_unit_test(options_of_valgrind_without_meaning_are_remembered),
        cmocka_unit_test(help_names_every_option_with_its_default),
    };
    int status = cmocka_run_group_tests(tests, NULL, NULL);

    options_free(&options);
    return status;
}
