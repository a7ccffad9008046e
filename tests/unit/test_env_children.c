#include "life/env_children.h"

#include "life/env.h"
#include "scratch.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

extern char **environ;

static struct env_options options;
static char *none[] = {NULL};

/* As lifecycle does, in a process of its own. */
static void begin(const char *text)
{
    static char problem[8192];
    environ = calloc(3, sizeof *environ);
    environ[0] = strdup(text);
    environ[1] = "HOME=/home";
    EXPECT(env_take_options(&options, problem, sizeof problem) == 0);
    env_children_begin(&options, "/opt/libtrace.so");
}

/* What a child gets that is given this environment, one after the other. */
static const char *given(char *const environment[], enum exec_target target)
{
    static char text[70000];
    struct env_children_plan plan;
    size_t bytes = env_children_plan(&plan, target, environment);
    char *const *made = environment;
    if (bytes)
        made = env_children_make(&plan, malloc(bytes));
    text[0] = '\0';
    for (; made && *made; made++)
        strcat(strcat(text, *made), "\n");
    return text;
}

#define BEGIN() begin("LIBTRACE_OPTIONS=--trace-children=yes --trace-file=/t.log --traced-since=17")
#define LIST    "LIBTRACE_OPTIONS=--trace-children=yes --trace-file=/t.log --traced-since=17"

static void check_own(void)
{
    BEGIN();
    EXPECT(!strcmp(given(none, EXEC_TARGET_ORDINARY), "LD_PRELOAD=/opt/libtrace.so\n" LIST ",2\n"));
    EXPECT(!strcmp(given(NULL, EXEC_TARGET_ORDINARY), "LD_PRELOAD=/opt/libtrace.so\n" LIST ",2\n"));
    char *own[] = {"A=1", "LD_PRELOAD=x y", "B=2", NULL};
    EXPECT(!strcmp(given(own, EXEC_TARGET_ORDINARY),
                   "A=1\nLD_PRELOAD=/opt/libtrace.so:x y\nB=2\n" LIST ",3\n"));
    char *preloaded[] = {"LD_PRELOAD=x:/opt/libtrace.so", NULL};
    EXPECT(!strcmp(given(preloaded, EXEC_TARGET_ORDINARY),
                   "LD_PRELOAD=x:/opt/libtrace.so\n" LIST ",1\n"));
    char *options_only[] = {"LIBTRACE_OPTIONS=-q", NULL};
    EXPECT(!strcmp(given(options_only, EXEC_TARGET_ORDINARY),
                   "LIBTRACE_OPTIONS=-q\nLD_PRELOAD=/opt/libtrace.so\n"));
}

static void an_environment_of_its_own_gets_the_entries(void **state)
{
    assert_int_equal(scratch_in_child(check_own), 0);
}

static void check_inherited(void)
{
    struct env_children_plan plan;
    BEGIN();
    char *both[] = {"LD_PRELOAD=/opt/libtrace.so", "A=1", "LIBTRACE_OPTIONS=-q", NULL};
    EXPECT(env_children_plan(&plan, EXEC_TARGET_ORDINARY, both) == 0);
    EXPECT(env_children_plan(&plan, EXEC_TARGET_STATIC, none) == 0);
    EXPECT(env_children_plan(&plan, EXEC_TARGET_STATIC, both) == 0);
    EXPECT(env_children_plan(&plan, EXEC_TARGET_OTHER_LIBRARY, none) == 0);
    EXPECT(!strcmp(given(both, EXEC_TARGET_OTHER_LIBRARY), "A=1\n"));
    both[0] = "LD_PRELOAD=x:/opt/libtrace.so:y";
    EXPECT(!strcmp(given(both, EXEC_TARGET_OTHER_PROCESSOR), "LD_PRELOAD=x:y\nA=1\n"));
}

static void what_cannot_be_traced_does_not_get_them(void **state)
{
    assert_int_equal(scratch_in_child(check_inherited), 0);
}

/* The kernel is to say what is wrong with it. */
static void check_unreadable(void)
{
    struct env_children_plan plan;
    static char **volatile nowhere = (char **)8; /* unknown to the compiler */
    BEGIN();
    char *page = mmap(NULL, 16384, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    mprotect(page + 4096, 4096, PROT_NONE);
    mprotect(page + 12288, 4096, PROT_NONE);
    char **cut = (char **)(page + 12288) - 1;
    *cut = "A=1";
    char *no_end = page + 4096 - 20;
    memcpy(no_end, "LD_PRELOAD=123456789", 20);
    char *bad[] = {"A=1", (char *)8, NULL}, *unended[] = {"A=1", no_end, NULL},
         *at_end[] = {page + 4095, NULL};
    page[4095] = '\0';
    EXPECT(env_children_plan(&plan, EXEC_TARGET_ORDINARY, at_end) > 0);
    page[4095] = 'L';
    EXPECT(env_children_plan(&plan, EXEC_TARGET_ORDINARY, nowhere) == 0);
    EXPECT(env_children_plan(&plan, EXEC_TARGET_ORDINARY, cut) == 0);
    EXPECT(env_children_plan(&plan, EXEC_TARGET_ORDINARY, bad) == 0);
    EXPECT(env_children_plan(&plan, EXEC_TARGET_ORDINARY, unended) == 0);
}

static void an_environment_that_cannot_be_read_stays_as_it_is(void **state)
{
    assert_int_equal(scratch_in_child(check_unreadable), 0);
}

/* What is read later counts, so the folder comes behind, and stays when the next parent has it. */
static void check_relative(void)
{
    char wanted[8192], folder[1000];
    EXPECT(chdir(scratch_path("")) == 0 && getcwd(folder, sizeof folder));
    begin("LIBTRACE_OPTIONS=--trace-children=yes '--log-file=a \"%q{HOME}'");
    snprintf(wanted, sizeof wanted,
             "LIBTRACE_OPTIONS=--trace-children=yes '--log-file=a \"%%q{HOME}' "
             "\"--trace-file=%s/trace.log\" "
             "\"--log-file=%s/a \"'\"'\"%%q{HOME}\" --traced-since=%llu",
             folder, folder, (unsigned long long)options.traced_since);
    EXPECT(!strcmp(environ[0], wanted));
}

static void check_marked(void)
{
    char *list = strdup(LIST ",2");
    begin(list);
    EXPECT(!getenv("LIBTRACE_OPTIONS"));
    EXPECT(!strcmp(given(none, EXEC_TARGET_ORDINARY), "LD_PRELOAD=/opt/libtrace.so\n" LIST ",2\n"));
}

static void names_become_absolute(void **state)
{
    assert_int_equal(scratch_in_child(check_relative), 0);
    assert_int_equal(scratch_in_child(check_marked), 0);
}

/* A variable that comes or goes during the loan does so in the program's environment. */
static void check_loan(void)
{
    struct env_children_loan loan;
    BEGIN();
    char *own[] = {"A=1", "LD_PRELOAD=x", "B=2", NULL}, *changed = "A=3";
    environ = own;
    env_children_lend(&loan);
    EXPECT(environ != own && !strcmp(environ[1], "LD_PRELOAD=/opt/libtrace.so:x") && environ[3]);
    environ[0] = changed;
    unsetenv("B");
    env_children_take_back(&loan);
    EXPECT(environ == own && own[0] == changed && !strcmp(own[1], "LD_PRELOAD=x") && !own[2]);
    env_children_lend(&loan);
    setenv("C", "4", 1);
    env_children_take_back(&loan);
    EXPECT(!strcmp(environ[0], "A=3") && !strcmp(environ[1], "LD_PRELOAD=x") &&
           !strcmp(environ[2], "C=4"));
    EXPECT(!environ[3]);
    environ = NULL;
    env_children_lend(&loan);
    EXPECT(environ && !strcmp(environ[0], "LD_PRELOAD=/opt/libtrace.so"));
    env_children_take_back(&loan);
    EXPECT(!environ);
    static char *const untouched[] = {"A=1", NULL}; /* in memory that cannot be written to */
    environ = (char **)untouched;
    env_children_lend(&loan);
    env_children_take_back(&loan);
    EXPECT(environ == (char **)untouched);
}

static void libc_borrows_the_entries(void **state)
{
    assert_int_equal(scratch_in_child(check_loan), 0);
}

static void check_off(void)
{
    struct env_children_plan plan;
    EXPECT(!env_children_is_on() && env_children_plan(&plan, EXEC_TARGET_ORDINARY, none) == 0);
}

static void nothing_is_done_unasked(void **state)
{
    assert_int_equal(scratch_in_child(check_off), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_environment_of_its_own_gets_the_entries),
        cmocka_unit_test(what_cannot_be_traced_does_not_get_them),
        cmocka_unit_test(an_environment_that_cannot_be_read_stays_as_it_is),
        cmocka_unit_test(names_become_absolute),
        cmocka_unit_test(libc_borrows_the_entries),
        cmocka_unit_test(nothing_is_done_unasked),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
