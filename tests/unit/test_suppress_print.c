#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "fake_stack.h"
#include "suppress/suppress_print.h"

#define NAME "   <insert_a_suppression_name_here>\n"

static char *generated(enum suppress_kind kind, unsigned leak_kind, const struct fake_frame *frames,
                       size_t count)
{
    char *text = NULL;
    size_t size = 0;
    struct fake_stack stack = {.frames = frames, .count = count};
    struct suppress_stack view = fake_stack_view(&stack);
    FILE *out = open_memstream(&text, &size);
    suppress_print_generated(out, kind, leak_kind, &view);
    fclose(out);
    return text;
}

/* What was generated is read again and must match the record that it came from. */
static void assert_matches_itself(enum suppress_kind kind, unsigned leak_kind,
                                  const struct fake_frame *frames, size_t count)
{
    char *text = generated(kind, leak_kind, frames, count);
    struct suppressions *suppressions = fake_load(text);
    struct fake_stack stack = {.frames = frames, .count = count};
    struct suppress_stack view = fake_stack_view(&stack);
    if (suppress_find(suppressions, kind, leak_kind, &view) == NULL)
        fail_msg("matches not its own record:\n%s", text);
    suppress_free(suppressions);
    free(text);
}

static void assert_generated(enum suppress_kind kind, unsigned leak_kind,
                             const struct fake_frame *frames, size_t count, const char *expected)
{
    char *text = generated(kind, leak_kind, frames, count);
    assert_string_equal(text, expected);
    free(text);
    assert_matches_itself(kind, leak_kind, frames, count);
}

/* The expected texts are valgrind 3.19's for programs of the same shape. */
static void generated_entries_have_valgrinds_text(void **state)
{
    const struct fake_frame c[] = {
        {.function = "malloc"}, {.function = "inner"}, {.function = "outer"}, {.function = "main"}};
    assert_generated(SUPPRESS_LEAK, SUPPRESS_DEFINITE, c, 4,
                     "{\n" NAME "   Memcheck:Leak\n   match-leak-kinds: definite\n   fun:malloc\n"
                     "   fun:inner\n   fun:outer\n   fun:main\n}\n");
    const struct fake_frame cxx[] = {
        {"_Znam", "operator new[](unsigned long)", 0, 0, 0, 0},
        {"_ZN3app6holderIdEC1Ev", "app::holder<double>::holder()", 0, 0, 0, 0},
        {.function = "main"}};
    assert_generated(SUPPRESS_LEAK, SUPPRESS_INDIRECT, cxx, 3,
                     "{\n" NAME "   Memcheck:Leak\n   match-leak-kinds: indirect\n   fun:_Znam\n"
                     "   fun:_ZN3app6holderIdEC1Ev\n   fun:main\n}\n");
    assert_generated(SUPPRESS_LEAK, SUPPRESS_ALL_LEAKS, c, 1,
                     "{\n" NAME "   Memcheck:Leak\n   fun:malloc\n}\n");
    const struct fake_frame free_error[] = {{.function = "free"}, {.function = "main"}};
    assert_generated(SUPPRESS_FREE, 0, free_error, 2,
                     "{\n" NAME "   Memcheck:Free\n   fun:free\n   fun:main\n}\n");
}

static void names_are_those_that_valgrind_has(void **state)
{
    const struct fake_frame inlined[] = {
        {.function = "_Znam"},
        {"_ZN1n2tmIiEEPvi", "void* n::tm<int>(int)", 0, 0, 0, "tm<int>"},
        {.function = "t"},
        {.function = "start_thread"},
        {.function = "clone3"}};
    assert_generated(SUPPRESS_LEAK, SUPPRESS_DEFINITE, inlined, 5,
                     "{\n" NAME "   Memcheck:Leak\n   match-leak-kinds: definite\n   fun:_Znam\n"
                     "   fun:tm<int>\n   fun:t\n   fun:start_thread\n   fun:clone\n}\n");
    const struct fake_frame aligned[] = {{.function = "posix_memalign"}, {.function = "f"}};
    assert_generated(SUPPRESS_LEAK, SUPPRESS_ALL_LEAKS, aligned, 2,
                     "{\n" NAME "   Memcheck:Leak\n   ...\n   fun:posix_memalign\n   fun:f\n}\n");
    const struct fake_frame valloc[] = {{.function = "valloc"}, {.function = "f"}};
    assert_generated(SUPPRESS_LEAK, SUPPRESS_ALL_LEAKS, valloc, 2,
                     "{\n" NAME "   Memcheck:Leak\n   fun:memalign\n   fun:f\n}\n");
}

static void frames_without_function_are_objects(void **state)
{
    const struct fake_frame frames[] = {{.function = "malloc"},
                                        {.object = "/tmp/a b"},
                                        {0},
                                        {.demangled = "std::inlined<int*>"},
                                        {.function = "__libc_start_call_main"},
                                        {.function = "__libc_start_main@@GLIBC_2.34"},
                                        {.function = "_start"}};
    assert_generated(SUPPRESS_LEAK, SUPPRESS_REACHABLE, frames, 7,
                     "{\n" NAME "   Memcheck:Leak\n   match-leak-kinds: reachable\n   fun:malloc\n"
                     "   obj:/tmp/a b\n   obj:*\n   fun:std::inlined<int*>\n   fun:(below main)\n"
                     "}\n");
}

static void odd_names_are_written_so_that_they_match(void **state)
{
    static const char *const names[] = {" lead", "trail ", "two\nlines", "back\\slash",
                                        "end\\", "st*r?",  "\t",         "#x",
                                        "}",     "...",    "a\rb",       "\r"};
    for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
        const struct fake_frame frames[] = {{.function = names[i]}, {.object = names[i]}};
        assert_matches_itself(SUPPRESS_LEAK, SUPPRESS_POSSIBLE, frames, 2);
    }
}

static void deep_stacks_are_cut_at_twenty_four_frames(void **state)
{
    struct fake_frame frames[60];
    for (size_t i = 0; i < 60; i++)
        frames[i] = (struct fake_frame){.function = "f"};
    char *text = generated(SUPPRESS_LEAK, SUPPRESS_DEFINITE, frames, 60);
    size_t lines = 0;
    for (const char *at = text; (at = strstr(at, "   fun:f\n")) != NULL; at++)
        lines++;
    assert_int_equal(lines, 24);
    free(text);
    assert_matches_itself(SUPPRESS_LEAK, SUPPRESS_DEFINITE, frames, 60);
}

static void every_kind_is_generated_and_read_again(void **state)
{
    const struct fake_frame frames[] = {{.function = "free"}, {.function = "main"}};
    for (size_t kind = 0; kind < SUPPRESS_KINDS_COUNT; kind++) {
        for (unsigned leak_kind = 1; leak_kind < SUPPRESS_ALL_LEAKS; leak_kind *= 2)
            assert_matches_itself((enum suppress_kind)kind, leak_kind, frames, 2);
    }
}

/* --- lists --------------------------------------------------------------- */

static void used_entries_are_listed_with_their_figures(void **state)
{
    struct suppressions *suppressions =
        fake_load("{\ncold one\nMemcheck:Leak\nfun:never\n}\n{\nhot\nMemcheck:Leak\nfun:malloc\n}\n"
                  "{\ndouble\nMemcheck:Free\nfun:free\n}\n");
    const struct fake_frame frames[] = {{.function = "malloc"}, {.function = "free"}};
    struct fake_stack leak = {.frames = frames, .count = 1};
    struct fake_stack error = {.frames = frames + 1, .count = 1};
    struct suppress_stack view = fake_stack_view(&leak);
    struct suppress_entry *entry =
        suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view);
    suppress_count(entry, 1, 1234, 1);
    suppress_count(entry, 1, 1000000, 1999);
    view = fake_stack_view(&error);
    suppress_count(suppress_find(suppressions, SUPPRESS_FREE, 0, &view), 1, 0, 0);

    char *text = NULL;
    size_t size = 0;
    FILE *out = open_memstream(&text, &size);
    suppress_print_used(out, "--7-- ", suppressions);
    suppress_print_unused(out, "--7-- ", suppressions);
    fclose(out);
    assert_string_equal(text, "--7-- used_suppression:      1 double test.supp:12\n"
                              "--7-- used_suppression:      2 hot test.supp:7 suppressed: "
                              "1,001,234 bytes in 2,000 blocks\n"
                              "--7-- unused_suppression: cold one test.supp:2\n");
    free(text);
    suppress_free(suppressions);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(generated_entries_have_valgrinds_text),
        cmocka_unit_test(names_are_those_that_valgrind_has),
        cmocka_unit_test(frames_without_function_are_objects),
        cmocka_unit_test(odd_names_are_written_so_that_they_match),
        cmocka_unit_test(deep_stacks_are_cut_at_twenty_four_frames),
        cmocka_unit_test(every_kind_is_generated_and_read_again),
        cmocka_unit_test(used_entries_are_listed_with_their_figures),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
