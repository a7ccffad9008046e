#include "life/env_name.h"
#include "life/env_preload.h"

#include "scratch.h"
#include "trace_format.h"

#include <limits.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>

extern char **environ;

static struct env_options options;
static char problem[8192];
static char folder[PATH_MAX];

static int clean(void **state)
{
    static char *empty[20];
    memset(&options, 0, sizeof options);
    memset(problem, 0, sizeof problem);
    clearenv();
    memset(empty, 0, sizeof empty);
    environ = empty;
    return getcwd(folder, sizeof folder) ? 0 : -1;
}

static int take(const char *text)
{
    setenv("LIBTRACE_OPTIONS", text, 1);
    return env_take_options(&options, problem, sizeof problem);
}

static void assert_good(const char *text)
{
    if (take(text) != 0)
        fail_msg("«%s» is refused: %s", text, problem);
}

static void assert_bad(const char *text, const char *sentence)
{
    assert_int_equal(take(text), -1);
    assert_string_equal(problem, sentence);
}

static const char *in_folder(const char *name)
{
    static char path[2 * PATH_MAX];
    snprintf(path, sizeof path, "%s/%s", folder, name);
    return path;
}

/* --- options ------------------------------------------------------------- */

static void without_options(void **state)
{
    assert_int_equal(env_take_options(&options, problem, sizeof problem), 0);
    assert_string_equal(options.trace_file, in_folder("trace.log"));
    assert_string_equal(options.log_file, "");
    assert_false(options.quiet);
    assert_false(options.verbose);
    assert_false(options.trace_children);
    assert_false(options.verify_stacks);
    assert_true(options.leak_check);
    assert_true(options.run_libc_freeres);
    assert_true(options.run_cxx_freeres);
    assert_int_equal(options.heuristics, 0x1e);
}

static void every_option_of_the_tracer(void **state)
{
    assert_good("--trace-file=/a/b --log-file=c.txt --trace-children=yes --verify-stacks=yes "
                "--leak-check=no "
                "--leak-check-heuristics=stdstring,newarray --run-libc-freeres=no "
                "--run-cxx-freeres=no -q -v");
    assert_string_equal(options.trace_file, "/a/b");
    assert_string_equal(options.log_file, in_folder("c.txt"));
    assert_true(options.trace_children);
    assert_true(options.verify_stacks);
    assert_false(options.leak_check);
    assert_int_equal(options.heuristics, 1u << TRACE_STDSTRING | 1u << TRACE_NEWARRAY);
    assert_false(options.run_libc_freeres);
    assert_false(options.run_cxx_freeres);
    assert_true(options.quiet);
    assert_true(options.verbose);
}

static void the_reports_options_are_let_pass(void **state)
{
    assert_good("--num-callers=20 --show-leak-kinds=all --error-exitcode=3 -s --peak --timeline "
                "--top --top=3,calls --suppressions=nowhere "
                "--leak-resolution=low --gen-suppressions=all --quiet --verbose");
    assert_true(options.quiet);
    assert_true(options.verbose);
}

static void the_last_one_wins(void **state)
{
    assert_good("--trace-file=/a --leak-check=no --trace-file=/b --leak-check=full");
    assert_string_equal(options.trace_file, "/b");
    assert_true(options.leak_check);
}

static void blanks_and_quotes(void **state)
{
    assert_good("  \t-q \n --trace-file=\"/a b/it's\"  --log-file='/c \"d\"'e\\  ");
    assert_true(options.quiet);
    assert_string_equal(options.trace_file, "/a b/it's");
    assert_string_equal(options.log_file, "/c \"d\"e\\");
    assert_good("\"--trace-file=/x y\"");
    assert_string_equal(options.trace_file, "/x y");
    assert_good("--trace-file='/open end");
    assert_string_equal(options.trace_file, "/open end");
    assert_good("");
    assert_good("   ");
}

static void bad_options_and_their_sentences(void **state)
{
    assert_bad("--no-such", "the option --no-such is not known; leakreport --help lists them");
    assert_bad("-x", "the option -x is not known; leakreport --help lists them");
    assert_bad("trace.log", "the option trace.log is not known; leakreport --help lists them");
    assert_bad("--trace-fil=x",
               "the option --trace-fil=x is not known; leakreport --help lists them");
    assert_bad("--trace-filex=x",
               "the option --trace-filex=x is not known; leakreport --help lists them");
    assert_bad("--trace-file", "--trace-file needs a value, as in --trace-file=…");
    assert_bad("--trace-file=", "--trace-file needs a value, as in --trace-file=…");
    assert_bad("--trace-file=''", "--trace-file needs a value, as in --trace-file=…");
    assert_bad("--trace-children=maybe", "yes or no is expected, not «maybe»");
    assert_bad("--verify-stacks=YES", "yes or no is expected, not «YES»");
    assert_bad("--run-libc-freeres=1", "yes or no is expected, not «1»");
    assert_bad("--run-cxx-freeres=n", "yes or no is expected, not «n»");
    assert_bad("--leak-check=on", "no, summary, yes or full is expected, not «on»");
    assert_bad("--leak-check-heuristics=stdstring,other",
               "a set of stdstring, length64, newarray, multipleinheritance, or all, or none is "
               "expected, not «other»");
    assert_bad("-q --no-such -v",
               "the option --no-such is not known; leakreport --help lists them");
    assert_false(options.verbose);
}

static void sets_of_heuristics(void **state)
{
    assert_good("--leak-check-heuristics=none");
    assert_int_equal(options.heuristics, 0);
    assert_good("--leak-check-heuristics=all");
    assert_int_equal(options.heuristics, 0x1e);
    assert_good("--leak-check-heuristics=length64");
    assert_int_equal(options.heuristics, 1u << TRACE_LENGTH64);
    assert_good("--leak-check-heuristics=multipleinheritance,length64");
    assert_int_equal(options.heuristics, 1u << TRACE_MULTIPLE_INHERITANCE | 1u << TRACE_LENGTH64);
}

static void the_program_does_not_see_the_options(void **state)
{
    setenv("BEFORE", "1", 1);
    setenv("LIBTRACE_OPTIONS", "-q", 1);
    setenv("LIBTRACE_OPTIONS_NOT", "2", 1);
    setenv("AFTER", "3", 1);
    assert_int_equal(env_take_options(&options, problem, sizeof problem), 0);
    assert_null(getenv("LIBTRACE_OPTIONS"));
    assert_string_equal(getenv("BEFORE"), "1");
    assert_string_equal(getenv("LIBTRACE_OPTIONS_NOT"), "2");
    assert_string_equal(getenv("AFTER"), "3");
    assert_null(environ[3]);
}

static void traced_children_see_them(void **state)
{
    assert_good("--trace-children=yes -q");
    assert_string_equal(getenv("LIBTRACE_OPTIONS"), "--trace-children=yes -q");
}

/* --- file names ---------------------------------------------------------- */

static const char *expanded(const char *name)
{
    static char path[4096];
    if (env_name_expand(name, path, sizeof path, problem, sizeof problem) != 0)
        fail_msg("«%s» is refused: %s", name, problem);
    return path;
}

static void assert_no_name(const char *name, const char *sentence)
{
    char path[4096];
    assert_int_equal(env_name_expand(name, path, sizeof path, problem, sizeof problem), -1);
    assert_string_equal(problem, sentence);
}

static void names_are_expanded(void **state)
{
    char expected[64];
    setenv("SOME", "a b/c", 1);
    setenv("EMPTY", "", 1);
    snprintf(expected, sizeof expected, "/x.%d.1.%%.log", getpid());
    assert_string_equal(expanded("/x.%p.%n.%%.log"), expected);
    assert_string_equal(expanded("/%q{SOME}/%q{EMPTY}d"), "/a b/c/d");
    assert_string_equal(expanded("/plain"), "/plain");
    assert_string_equal(expanded("plain"), in_folder("plain"));
    assert_string_equal(expanded("./a~b"), in_folder("./a~b"));
}

/* A name that is prepared and then expanded is the name expanded, wherever that is done. */
static void prepared_names(void **state)
{
    static const char *const names[] = {
        "/x.%p.%n.%%.log", "/%q{SOME}/%q{EMPTY}d", "/plain", "a.%p", "%%p", "%q{PERCENT}.%p"};
    char prepared[4096], path[4096], expected[4096];
    setenv("SOME", "a b", 1);
    setenv("EMPTY", "", 1);
    setenv("PERCENT", "50%p %%", 1);
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        strcpy(expected, expanded(names[i]));
        assert_int_equal(
            env_name_prepare(names[i], prepared, sizeof prepared, problem, sizeof problem), 0);
        assert_int_equal(chdir("/"), 0);
        assert_int_equal(env_name_expand(prepared, path, sizeof path, problem, sizeof problem), 0);
        assert_int_equal(chdir(folder), 0);
        assert_string_equal(path, expected);
    }
    unsetenv("PERCENT");
    env_name_prepare("/x.%p", prepared, sizeof prepared, problem, sizeof problem);
    assert_string_equal(prepared, "/x.%p");
    assert_int_equal(env_name_prepare("%z", prepared, sizeof prepared, problem, sizeof problem),
                     -1);
    assert_int_equal(env_name_prepare("/%%%%", prepared, 6, problem, sizeof problem), 0);
    assert_int_equal(env_name_prepare("/%%%%", prepared, 5, problem, sizeof problem), -1);
}

static void in_the_root_folder(void **state)
{
    assert_int_equal(chdir("/"), 0);
    assert_string_equal(expanded("trace.log"), "/trace.log");
    assert_int_equal(chdir(folder), 0);
}

static void bad_names_and_their_sentences(void **state)
{
    assert_no_name("~/trace.log",
                   "a file name may not begin with ~ (no shell expands it here): ~/trace.log");
    assert_no_name("/a%x",
                   "%p, %n, %q{VAR} and %% are understood in a file name, but not this: %x");
    assert_no_name("/a%", "%p, %n, %q{VAR} and %% are understood in a file name, but not this: %");
    assert_no_name("/a%q", "%q needs a variable in braces, as in %q{HOME}");
    assert_no_name("/a%q{}", "%q needs a variable in braces, as in %q{HOME}");
    assert_no_name("/a%q{OPEN", "%q needs a variable in braces, as in %q{HOME}");
    assert_no_name("/a%qX}", "%q needs a variable in braces, as in %q{HOME}");
    assert_no_name("/a%q{NOT_SET}", "the environment variable NOT_SET of %q{NOT_SET} is not set");
}

static void names_that_are_too_long(void **state)
{
    static char name[6000];
    static char sentence[8192];
    memset(name, 'n', sizeof name - 1);
    name[0] = '/';
    snprintf(sentence, sizeof sentence, "the file name is too long: %s", name);
    assert_no_name(name, sentence);
    name[4095] = '\0'; /* fits to the byte */
    assert_string_equal(expanded(name), name);
    name[4095] = 'n';
    name[4096] = '\0';
    snprintf(sentence, sizeof sentence, "the file name is too long: %s", name);
    assert_no_name(name, sentence);
    setenv("LONG", name, 1);
    assert_no_name("/%q{LONG}", "the file name is too long: /%q{LONG}");
    static char option[7000];
    snprintf(option, sizeof option, "--trace-file=%s", name);
    assert_bad(option, sentence);
}

/* --- LD_PRELOAD ---------------------------------------------------------- */

static void hide_preload(const char *tracer, bool keep)
{
    static struct env_options given;
    given.trace_children = keep;
    env_preload_hide(tracer, &given);
}

static void assert_preload(const char *before, bool keep, const char *after)
{
    setenv("ONE", "1", 1);
    setenv("LD_PRELOAD", before, 1);
    setenv("TWO", "2", 1);
    hide_preload(scratch_path("libtrace.so"), keep);
    if (after)
        assert_string_equal(getenv("LD_PRELOAD"), after);
    else
        assert_null(getenv("LD_PRELOAD"));
    assert_string_equal(getenv("ONE"), "1");
    assert_string_equal(getenv("TWO"), "2");
}

static void the_tracer_is_taken_out(void **state)
{
    char list[4096];
    const char *tracer = scratch_path("libtrace.so");
    scratch_write(tracer, "");
    assert_preload(tracer, false, NULL);
    snprintf(list, sizeof list, "/a.so:%s:/b.so", tracer);
    assert_preload(list, false, "/a.so:/b.so");
    snprintf(list, sizeof list, "/a.so %s", tracer);
    assert_preload(list, false, "/a.so");
    snprintf(list, sizeof list, " %s : /a.so b.so:", tracer);
    assert_preload(list, false, "/a.so:b.so");
    snprintf(list, sizeof list, "%s:%s", tracer, tracer);
    assert_preload(list, false, NULL);
    assert_preload("/a.so", false, "/a.so");
    snprintf(list, sizeof list, "%sx:/b.so", tracer); /* another file with a longer name */
    char expected[4096];
    snprintf(expected, sizeof expected, "%s", list);
    assert_preload(list, false, expected);
}

static void by_whatever_name_it_is_called(void **state)
{
    char list[4096];
    const char *tracer = scratch_path("libtrace.so");
    scratch_write(tracer, "");
    assert_int_equal(symlink(tracer, scratch_path("other.so")), 0);
    snprintf(list, sizeof list, "%s:/b.so", scratch_path("other.so"));
    assert_preload(list, false, "/b.so");
    snprintf(list, sizeof list, "/b.so:%s", scratch_path("./libtrace.so"));
    assert_preload(list, false, "/b.so");
}

static void for_children_it_is_made_absolute(void **state)
{
    char expected[4096];
    const char *tracer = scratch_path("libtrace.so");
    scratch_write(tracer, "");
    char *slash = strdup(tracer);
    *strrchr(slash, '/') = '\0';
    assert_int_equal(chdir(slash), 0);
    free(slash);
    snprintf(expected, sizeof expected, "/a.so:%s:b.so", tracer);
    assert_preload("/a.so:./libtrace.so b.so", true, expected);
    assert_int_equal(chdir(folder), 0);
}

static void without_preload_nothing_is_done(void **state)
{
    setenv("ONE", "1", 1);
    hide_preload("/libtrace.so", false);
    assert_null(getenv("LD_PRELOAD"));
    assert_string_equal(getenv("ONE"), "1");
}

/* What a parent has put in is taken out, and what it was put to is what it was. */
static void what_a_parent_added_goes(void **state)
{
    static const char *const before[] = {NULL, "/a.so", "/libtrace.so", "/libtrace.so:a  b:"};
    static const char *const after[] = {NULL, "/a.so", NULL, "a  b:"};
    for (int way = ENV_ADDED_OPTIONS; way < ENV_ADDED_COUNT; way++) {
        char text[100];
        snprintf(text, sizeof text, "--trace-children=yes --traced-since=17,%d", way);
        setenv("ONE", "1", 1);
        setenv("LD_PRELOAD", before[way], 1);
        assert_int_equal(take(text), 0);
        env_preload_hide("/libtrace.so", &options);
        assert_null(getenv("LIBTRACE_OPTIONS"));
        assert_string_equal(getenv("ONE"), "1");
        if (after[way])
            assert_string_equal(getenv("LD_PRELOAD"), after[way]);
        else
            assert_null(getenv("LD_PRELOAD"));
        assert_int_equal(options.traced_since, 17);
    }
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, clean)
    const struct CMUnitTest tests[] = {
        TEST(without_options),
        TEST(every_option_of_the_tracer),
        TEST(the_reports_options_are_let_pass),
        TEST(the_last_one_wins),
        TEST(blanks_and_quotes),
        TEST(bad_options_and_their_sentences),
        TEST(sets_of_heuristics),
        TEST(the_program_does_not_see_the_options),
        TEST(traced_children_see_them),
        TEST(names_are_expanded),
        TEST(prepared_names),
        TEST(in_the_root_folder),
        TEST(bad_names_and_their_sentences),
        TEST(names_that_are_too_long),
        TEST(the_tracer_is_taken_out),
        TEST(by_whatever_name_it_is_called),
        TEST(for_children_it_is_made_absolute),
        TEST(without_preload_nothing_is_done),
        TEST(what_a_parent_added_goes),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
