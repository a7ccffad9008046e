#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <cmocka.h>
#include "fake_stack.h"
#include "suppress/suppress_parse.h"

#define LEAK "{\nname\nMemcheck:Leak\n"

static struct suppress_rules parse(const char *text)
{
    struct suppress_rules rules = {0};
    struct failure failure = {.text = ""};
    if (suppress_parse_text(&rules, "a.supp", text, strlen(text), &failure) != 0)
        fail_msg("%s", failure.text);
    return rules;
}

static void assert_pattern(const struct suppress_rule *rule, size_t index,
                           enum suppress_pattern_kind kind, const char *glob, unsigned line)
{
    assert_true(index < rule->patterns_count);
    assert_int_equal(rule->patterns[index].kind, kind);
    assert_int_equal(rule->patterns[index].line, line);
    if (glob == NULL)
        assert_null(rule->patterns[index].glob);
    else
        assert_string_equal(rule->patterns[index].glob, glob);
}

static void an_entry_has_name_place_kind_and_frames(void **state)
{
    struct suppress_rules rules =
        parse("# comment\n\n{\n   my name, with {blanks}  \r\n"
              "\tMemcheck:Leak\n  match-leak-kinds: definite, possible\n"
              "  # inside\n  fun:_Zn?m\n\n  obj:/usr/lib*/lib x.so\n  ...\n"
              "  src:a.c:42\n  src:b.c\n}\n");
    assert_int_equal(rules.count, 1);
    const struct suppress_rule *rule = rules.items[0];
    assert_string_equal(rule->entry.name, "my name, with {blanks}");
    assert_string_equal(rule->entry.file, "a.supp");
    assert_int_equal(rule->entry.line, 4);
    assert_int_equal(rule->entry.kind, SUPPRESS_LEAK);
    assert_int_equal(rule->entry.leak_kinds, SUPPRESS_DEFINITE | SUPPRESS_POSSIBLE);
    assert_int_equal(rule->patterns_count, 5);
    assert_pattern(rule, 0, SUPPRESS_FUNCTION, "_Zn?m", 0);
    assert_pattern(rule, 1, SUPPRESS_OBJECT, "/usr/lib*/lib x.so", 0);
    assert_pattern(rule, 2, SUPPRESS_DOTS, NULL, 0);
    assert_pattern(rule, 3, SUPPRESS_SOURCE, "a.c", 42);
    assert_pattern(rule, 4, SUPPRESS_SOURCE, "b.c", 0);
    suppress_rules_free(&rules);
}

static void leak_kinds_are_all_without_their_line(void **state)
{
    static const struct {
        const char *line;
        unsigned set;
    } cases[] = {
        {"", SUPPRESS_ALL_LEAKS},
        {"match-leak-kinds: all\n", SUPPRESS_ALL_LEAKS},
        {"match-leak-kinds:none\n", 0},
        {"match-leak-kinds:reachable\n", SUPPRESS_REACHABLE},
        {"match-leak-kinds: indirect,definite\n", SUPPRESS_INDIRECT | SUPPRESS_DEFINITE},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        char text[200];
        snprintf(text, sizeof text, LEAK "%sfun:f\n}\n", cases[i].line);
        struct suppress_rules rules = parse(text);
        assert_int_equal(rules.items[0]->entry.leak_kinds, cases[i].set);
        suppress_rules_free(&rules);
    }
}

static void other_tools_and_kinds_without_use_are_read_over(void **state)
{
    struct suppress_rules rules = parse("{\nh\nHelgrind:Race\nwhatever: this means\n}\n"
                                        "{\nc\nCoreError:FdBadClose\nfun:x\n}\n"
                                        "{\np\nMemcheck:Param\nreboot(arg)\nfun:reboot\n}\n"
                                        "{\nv\nMemcheck:Value32\nfun:x\n}\n"
                                        "{\nf\nMemcheck:FishyValue\nmalloc(size)\nfun:malloc\n}\n"
                                        "{\na\nMemcheck,Addrcheck:Value4\nfun:x\n}\n"
                                        "{\nt\nAddrcheck,Memcheck:Leak\nfun:kept\n}\n"
                                        "{\nu\nMemcheckX:Leak\nfun:x\n}\n");
    assert_int_equal(rules.count, 1);
    assert_string_equal(rules.items[0]->entry.name, "t");
    suppress_rules_free(&rules);
}

static void every_kind_of_memcheck_is_known(void **state)
{
    static const char *const kinds[] = {
        "Leak",    "Free",    "Mempool",      "ReallocZero",   "FishyValue",     "BadAlign",
        "BadSize", "Addr1",   "Addr2",        "Addr4",         "Addr8",          "Addr16",
        "Addr32",  "Value0",  "Value1",       "Value2",        "Value4",         "Value8",
        "Value16", "Value32", "Cond",         "Param",         "Jump",           "Overlap",
        "User",    "CoreMem", "SizeMismatch", "AlignMismatch", "UnsafeZeroSize",
    };
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        char text[100];
        snprintf(text, sizeof text, "{\nn\nMemcheck:%s\nfun:f\n}\n", kinds[i]);
        struct suppress_rules rules = parse(text);
        if (rules.count == 1)
            assert_string_equal(suppress_kind_name(rules.items[0]->entry.kind), kinds[i]);
        suppress_rules_free(&rules);
    }
}

static void source_lines_are_cut_only_from_numbers(void **state)
{
    struct suppress_rules rules =
        parse(LEAK "src:a.c:7\nsrc:a:b.c\nsrc:9\nsrc::9\nsrc:a.c:\nsrc:a.c:99999999999\n}\n");
    assert_pattern(rules.items[0], 0, SUPPRESS_SOURCE, "a.c", 7);
    assert_pattern(rules.items[0], 1, SUPPRESS_SOURCE, "a:b.c", 0);
    assert_pattern(rules.items[0], 2, SUPPRESS_SOURCE, "9", 0);
    assert_pattern(rules.items[0], 3, SUPPRESS_SOURCE, "", 9);
    assert_pattern(rules.items[0], 4, SUPPRESS_SOURCE, "a.c:", 0);
    assert_pattern(rules.items[0], 5, SUPPRESS_SOURCE, "a.c:99999999999", 0);
    suppress_rules_free(&rules);
}

static void dots_are_made_one_and_dropped_at_the_end(void **state)
{
    struct suppress_rules rules =
        parse(LEAK "...\n...\nfun:a\n...\n...\n...\nfun:b\n...\n...\n}\n");
    assert_int_equal(rules.items[0]->patterns_count, 4);
    assert_pattern(rules.items[0], 0, SUPPRESS_DOTS, NULL, 0);
    assert_pattern(rules.items[0], 1, SUPPRESS_FUNCTION, "a", 0);
    assert_pattern(rules.items[0], 2, SUPPRESS_DOTS, NULL, 0);
    assert_pattern(rules.items[0], 3, SUPPRESS_FUNCTION, "b", 0);
    suppress_rules_free(&rules);
}

static void as_many_frames_count_as_a_stack_has(void **state)
{
    struct suppress_rules few = {.callers = 12};
    struct failure failure;
    char text[2000] = LEAK;
    for (size_t i = 0; i < 40; i++)
        sprintf(text + strlen(text), "fun:f%zu\n", i);
    strcat(text, "}\n{\nnext\nMemcheck:Leak\nfun:x\n}\n");
    struct suppress_rules rules = parse(text);
    assert_int_equal(rules.count, 2);
    assert_int_equal(rules.items[0]->patterns_count, 40);
    assert_pattern(rules.items[0], 39, SUPPRESS_FUNCTION, "f39", 0);
    suppress_rules_free(&rules);
    assert_int_equal(suppress_parse_text(&few, "a.supp", text, strlen(text), &failure), 0);
    assert_int_equal(few.count, 2);
    assert_int_equal(few.items[0]->patterns_count, 12);
    assert_pattern(few.items[0], 11, SUPPRESS_FUNCTION, "f11", 0);
    suppress_rules_free(&few);
}

static void what_nobody_can_have_meant_is_a_warning(void **state)
{
    static const struct {
        const char *text, *warning;
    } cases[] = {
        {"{\nn\nmemcheck:Leak\nfun:f\n}\n", "a.supp: line 3: valgrind has no tool \"memcheck\""},
        {"{\nn\nAddrcheck, Memcheck:Leak\nfun:f\n}\n",
         "a.supp: line 3: valgrind has no tool \" Memcheck\""},
        {"#\n{\nMemcheck:Leak\nfun:malloc\nfun:f\n}\n",
         "a.supp: line 4: the entry that begins in line 2 has no name"},
        {"{\n...\nfun:f\n}\n", "a.supp: line 3: the entry that begins in line 1 has no name"},
        {"{\nn\nmatch-leak-kinds: all\nfun:f\n}\n", "a.supp: line 3: the entry that begins"},
        {LEAK "fun: f\n}\n", "a.supp: line 4: \"fun: f\" matches nothing: the space"},
        {LEAK "obj:\tf\n}\n", "a.supp: line 4: \"obj:\tf\" matches nothing: the space"},
        {LEAK "fun:\n}\n", "a.supp: line 4: \"fun:\" matches nothing: there is no name"},
        {LEAK "fun:f # why\n}\n", "a.supp: line 4: \"fun:f # why\" matches nothing: a comment"},
        {LEAK "fun:g\nsrc:a.c:7\t#why\n}\n", "a.supp: line 5: \"src:a.c:7\t#why\" matches"},
        {"leak: f\n", "a.supp: line 1: \"leak: f\" matches nothing: the space"},
        {"leak:f # why\n", "a.supp: line 1: \"leak:f # why\" matches nothing: a comment"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct suppress_rules rules = parse(cases[i].text);
        assert_int_equal(rules.warnings_count, 1);
        if (strncmp(rules.warnings[0], cases[i].warning, strlen(cases[i].warning)) != 0)
            fail_msg("%s\nbegins not with %s", rules.warnings[0], cases[i].warning);
        suppress_rules_free(&rules);
    }
    struct suppress_rules rules =
        parse("{\nn\nHelgrind,Memcheck:Leak\nfun:operator new(unsigned long)\n"
              "fun:{closure#0}<a,#b>\n}\n{\nn\ndrd:X\nfun: x\n}\nleak:a b\n");
    assert_int_equal(rules.warnings_count, 0);
    suppress_rules_free(&rules);
}

static void leaksanitizers_lines_are_understood(void **state)
{
    struct suppress_rules rules = parse("# LSan\nleak:^foo$\n  leak:libX.so  \r\n"
                                        "{\nv\nMemcheck:Leak\nfun:f\n}\nleak:z");
    assert_int_equal(rules.count, 4);
    assert_string_equal(rules.items[0]->entry.name, "leak:^foo$");
    assert_int_equal(rules.items[0]->entry.line, 2);
    assert_pattern(rules.items[0], 0, SUPPRESS_DOTS, NULL, 0);
    assert_pattern(rules.items[0], 1, SUPPRESS_ANY_NAME, "foo", 0);
    assert_pattern(rules.items[1], 1, SUPPRESS_ANY_NAME, "*libX.so*", 0);
    assert_string_equal(rules.items[2]->entry.name, "v");
    assert_int_equal(rules.items[3]->entry.line, 9);
    suppress_rules_free(&rules);
}

static void empty_texts_have_no_entries(void **state)
{
    static const char *const texts[] = {"", "\n\n", "# only\n  # comments", "\xef\xbb\xbf# mark\n"};
    for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
        struct suppress_rules rules = parse(texts[i]);
        assert_int_equal(rules.count, 0);
        suppress_rules_free(&rules);
    }
}

/* --- errors -------------------------------------------------------------- */

static void errors_say_file_line_what_and_remedy(void **state)
{
    static const struct {
        const char *text, *start, *part;
    } cases[] = {
        {"fun:x\n", "a.supp: line 1: \"fun:x\" does not begin an entry; ", "\"leak:\""},
        {"\n#c\n}\n", "a.supp: line 3: \"}\" does not begin an entry; ",
         "\"{\" on a line of its own"},
        {"race:foo\n", "a.supp: line 1: \"race:foo\" does not begin an entry", "leak:"},
        {"leak:\n", "a.supp: line 1: \"leak:\" without a name", "write leak:NAME"},
        {"{ name\n", "a.supp: line 1: \"{ name\" does not begin an entry", "on a line of its own"},
        {"\n{\n}\n", "a.supp: line 3: the entry of line 2 has no name", "write one"},
        {"{\nn\nLeak\nfun:x\n}\n", "a.supp: line 3: \"Leak\" stands where", "Memcheck:Leak"},
        {"{\nn\n}\n", "a.supp: line 3: \"}\" stands where tool and kind belong", "write"},
        {"{\nn\nMemcheck:Leek\nfun:x\n}\n",
         "a.supp: line 3: Memcheck has no kind of error named "
         "\"Leek\"",
         "write Memcheck:Leak"},
        {"{\nn\nMemcheck: Leak\nfun:x\n}\n", "a.supp: line 3: Memcheck has no kind", "\" Leak\""},
        {LEAK "match-leak-kinds: definite,lost\nfun:x\n}\n",
         "a.supp: line 4: match-leak-kinds does not know \"lost\"", "write definite"},
        {LEAK "match-leak-kinds:\nfun:x\n}\n",
         "a.supp: line 4: match-leak-kinds does not know \"\"", "write definite"},
        {"{\nn\nMemcheck:Free\nmatch-leak-kinds: all\nfun:x\n}\n",
         "a.supp: line 4: \"match-leak-kinds: all\" is not a frame", "fun:NAME"},
        {LEAK "fun:a\nfoo\n}\n", "a.supp: line 5: \"foo\" is not a frame of a call stack",
         "fun:NAME"},
        {LEAK "fun:a\n{\n}\n", "a.supp: line 5: \"{\" is not a frame", "\"}\" after the last"},
        {LEAK "}\n", "a.supp: line 4: the entry \"name\" has no frames", "add a fun:"},
        {LEAK "...\n...\n}\n", "a.supp: line 6: the entry \"name\" has no frame but \"...\"",
         "add a fun:"},
        {"#\n" LEAK "fun:a\n", "a.supp: line 2: the entry that begins here is not closed", "\"}\""},
        {"{\n", "a.supp: line 1: the entry that begins here is not closed", "\"}\""},
        {"{\nn\n", "a.supp: line 1: the entry that begins here is not closed", "\"}\""},
        {"{\nn\nMemcheck:Leak", "a.supp: line 1: the entry that begins here is not closed",
         "\"}\""},
        {LEAK "match-leak-kinds: all", "a.supp: line 1: the entry that begins here", "\"}\""},
        {"{\nn\nHelgrind:Race\nfun:a\n", "a.supp: line 1: the entry that begins here", "\"}\""},
        {"{\nn\nMemcheck:Cond\nfun:a\n{\n",
         "a.supp: line 5: a new entry begins before the one of "
         "line 1",
         "write \"}\""},
        {"{\nn\nMemcheck:\x1b[31m\nfun:a\n}\n",
         "a.supp: line 3: Memcheck has no kind of error named "
         "\"?[31m\"",
         "write"},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct suppress_rules rules = {0};
        struct failure failure = {.text = ""};
        const char *text = cases[i].text;
        assert_int_equal(suppress_parse_text(&rules, "a.supp", text, strlen(text), &failure), -1);
        if (strncmp(failure.text, cases[i].start, strlen(cases[i].start)) != 0)
            fail_msg("%s\nbegins not with %s", failure.text, cases[i].start);
        if (strstr(failure.text, cases[i].part) == NULL)
            fail_msg("%s\nhas no %s", failure.text, cases[i].part);
        suppress_rules_free(&rules);
    }
}

static void a_nul_byte_is_named_with_its_place(void **state)
{
    static const char text[] = "# a\n{\nn\0ame\n";
    struct suppress_rules rules = {0};
    struct failure failure;
    assert_int_equal(suppress_parse_text(&rules, "a.supp", text, sizeof text - 1, &failure), -1);
    assert_non_null(strstr(failure.text, "line 3: there is a NUL byte at offset 7"));
    suppress_rules_free(&rules);
}

static void a_bad_text_leaves_the_rules_as_they_were(void **state)
{
    struct suppress_rules rules = parse("leak:a\nleak:b\n");
    struct failure failure;
    const char *bad = "leak:c\nleak:d\nnonsense\n";
    assert_int_equal(suppress_parse_text(&rules, "b.supp", bad, strlen(bad), &failure), -1);
    assert_int_equal(rules.count, 2);
    assert_string_equal(rules.items[1]->entry.name, "leak:b");
    suppress_rules_free(&rules);
}

/* Ten megabytes without a line end: as a name, as a frame, as nonsense. */
static void lines_of_ten_megabytes(void **state)
{
    size_t size = 10u << 20;
    char *text = malloc(size + 100);
    memset(text, '*', size);
    struct suppress_rules rules = {0};
    struct failure failure;
    assert_int_equal(suppress_parse_text(&rules, "a.supp", text, size, &failure), -1);
    assert_non_null(strstr(failure.text, "line 1: \"****"));
    assert_true(strlen(failure.text) < 400);
    memcpy(text, LEAK "fun:", strlen(LEAK "fun:"));
    strcpy(text + size, "\n}\n");
    assert_int_equal(suppress_parse_text(&rules, "a.supp", text, strlen(text), &failure), 0);
    assert_pattern(rules.items[0], 0, SUPPRESS_FUNCTION, "*", 0);
    memset(text, 'x', size);
    memcpy(text, "{\n", 2);
    strcpy(text + size, "\nMemcheck:Leak\n...\n}\n");
    assert_int_equal(suppress_parse_text(&rules, "a.supp", text, strlen(text), &failure), -1);
    assert_non_null(strstr(failure.text, "add a fun:"));
    suppress_rules_free(&rules);
    free(text);
}

/* --- files --------------------------------------------------------------- */

static void files_that_cannot_be_read_are_errors(void **state)
{
    struct suppressions *suppressions = suppress_new(0);
    struct failure failure;
    assert_int_equal(suppress_load(suppressions, "/no/such/file.supp", &failure), -1);
    assert_non_null(strstr(failure.text, "/no/such/file.supp: "));
    assert_non_null(strstr(failure.text, "No such file"));
    assert_int_equal(suppress_load(suppressions, "/", &failure), -1);
    assert_non_null(strstr(failure.text, "directory"));
    assert_int_equal(suppress_load(suppressions, "/dev/zero", &failure), -1);
    assert_non_null(strstr(failure.text, "larger than 32 MiB"));
    assert_int_equal(suppress_load(suppressions, "/dev/null", &failure), 0);
    assert_int_equal(suppress_entries_count(suppressions), 0);
    suppress_free(suppressions);
}

static void a_pipe_is_read_to_its_end(void **state)
{
    int ends[2];
    char path[50];
    assert_int_equal(pipe(ends), 0);
    assert_int_equal(write(ends[1], "leak:a\nleak:b\n", 14), 14);
    close(ends[1]);
    snprintf(path, sizeof path, "/dev/fd/%d", ends[0]);
    struct suppressions *suppressions = suppress_new(0);
    struct failure failure;
    assert_int_equal(suppress_load(suppressions, path, &failure), 0);
    close(ends[0]);
    assert_int_equal(suppress_entries_count(suppressions), 2);
    assert_string_equal(suppress_entry_at(suppressions, 0)->name, "leak:b");
    assert_string_equal(suppress_entry_at(suppressions, 1)->file, path);
    suppress_free(suppressions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(an_entry_has_name_place_kind_and_frames),
        cmocka_unit_test(leak_kinds_are_all_without_their_line),
        cmocka_unit_test(other_tools_and_kinds_without_use_are_read_over),
        cmocka_unit_test(every_kind_of_memcheck_is_known),
        cmocka_unit_test(source_lines_are_cut_only_from_numbers),
        cmocka_unit_test(dots_are_made_one_and_dropped_at_the_end),
        cmocka_unit_test(as_many_frames_count_as_a_stack_has),
        cmocka_unit_test(what_nobody_can_have_meant_is_a_warning),
        cmocka_unit_test(leaksanitizers_lines_are_understood),
        cmocka_unit_test(empty_texts_have_no_entries),
        cmocka_unit_test(errors_say_file_line_what_and_remedy),
        cmocka_unit_test(a_nul_byte_is_named_with_its_place),
        cmocka_unit_test(a_bad_text_leaves_the_rules_as_they_were),
        cmocka_unit_test(lines_of_ten_megabytes),
        cmocka_unit_test(files_that_cannot_be_read_are_errors),
        cmocka_unit_test(a_pipe_is_read_to_its_end),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
