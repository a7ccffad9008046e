#include <stdarg.h>
#include <setjmp.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>
#include "suppress/suppress_rules.h"
#include "fake_stack.h"

#define LEAK(name) "{\n" name "\nMemcheck:Leak\n"
#define STACK(...) ((const char *const[]){__VA_ARGS__, NULL})

/* The one entry of a text, and whether it matches a stack of functions. */
static bool matches(const char *frames, const char *const *functions)
{
    char text[4000];
    snprintf(text, sizeof text, LEAK("e") "%s}\n", frames);
    struct suppressions *suppressions = fake_load(text);
    bool found = strcmp(fake_find(suppressions, functions), "e") == 0;
    suppress_free(suppressions);
    return found;
}

static bool matches_frame(const char *line, struct fake_frame frame)
{
    char text[1000];
    snprintf(text, sizeof text, LEAK("e") "fun:first\n%s\n}\n", line);
    struct suppressions *suppressions = fake_load(text);
    struct fake_frame frames[] = {{.function = "first"}, frame};
    bool found = strcmp(fake_find_in(suppressions, frames, 2), "e") == 0;
    suppress_free(suppressions);
    return found;
}

/* --- frames -------------------------------------------------------------- */

static void frames_match_as_a_prefix_from_the_innermost(void **state)
{
    assert_true(matches("fun:malloc\n", STACK("malloc", "f", "main")));
    assert_true(matches("fun:malloc\nfun:f\n", STACK("malloc", "f", "main")));
    assert_true(matches("fun:malloc\nfun:f\nfun:main\n", STACK("malloc", "f", "main")));
    assert_false(matches("fun:f\nfun:main\n", STACK("malloc", "f", "main")));
    assert_false(matches("fun:malloc\nfun:main\n", STACK("malloc", "f", "main")));
    assert_false(matches("fun:malloc\nfun:f\nfun:main\nfun:x\n", STACK("malloc", "f", "main")));
    assert_false(matches("fun:malloc\n", STACK(NULL)));
}

static void dots_stand_for_any_number_of_frames(void **state)
{
    assert_true(matches("...\nfun:main\n", STACK("malloc", "f", "main")));
    assert_true(matches("...\nfun:malloc\n", STACK("malloc", "f", "main")));
    assert_false(matches("...\nfun:g\n", STACK("malloc", "f", "main")));
    assert_true(matches("fun:malloc\n...\nfun:main\n", STACK("malloc", "main")));
    assert_true(matches("fun:malloc\n...\nfun:main\n", STACK("malloc", "a", "b", "main")));
    assert_false(matches("fun:malloc\n...\nfun:main\n", STACK("malloc", "a", "b")));
    assert_true(matches("fun:malloc\n...\n", STACK("malloc")));
    assert_true(matches("fun:malloc\n...\n", STACK("malloc", "a")));
    assert_true(matches("fun:malloc\n...\nfun:a\nfun:b\n", STACK("malloc", "a", "a", "b")));
    assert_true(matches("...\nfun:a\n...\nfun:b\n...\nfun:c\n", STACK("a", "x", "b", "b", "c")));
    assert_false(matches("...\nfun:a\n...\nfun:b\n...\nfun:c\n", STACK("a", "c", "b")));
    assert_false(matches("...\nfun:a\nfun:b\n", STACK("a", "x", "b")));
}

static void functions_match_mangled_and_demangled(void **state)
{
    struct fake_frame frame = {.function = "_ZN3app4makeEi", .demangled = "app::make(int)"};
    assert_true(matches_frame("fun:_ZN3app4makeEi", frame));
    assert_true(matches_frame("fun:_ZN3app*", frame));
    assert_true(matches_frame("fun:app::make(int)", frame));
    assert_true(matches_frame("fun:app::*", frame));
    assert_false(matches_frame("fun:make", frame));
    assert_true(matches_frame("fun:inlined", (struct fake_frame){.demangled = "inlined"}));
}

static void inlined_functions_match_by_their_name_alone(void **state)
{
    struct fake_frame frame = {
        .function = "_ZN1n2tmIiEEPvT_", .demangled = "void* n::tm<int>(int)", .inlined = "tm<int>"};
    assert_true(matches_frame("fun:tm<int>", frame));
    assert_true(matches_frame("fun:tm<*>", frame));
    assert_true(matches_frame("fun:_ZN1n2tmIiEEPvT_", frame));
    assert_true(matches_frame("fun:void* n::tm<int>(int)", frame));
    assert_true(matches_frame("fun:UnknownInlinedFun", frame));
    assert_false(matches_frame("fun:tm", frame));
    assert_false(matches_frame("fun:Unknown*", frame));
    frame.inlined = NULL;
    assert_false(matches_frame("fun:tm<int>", frame));
    assert_false(matches_frame("fun:UnknownInlinedFun", frame));
}

static void names_that_valgrind_has_for_libcs_functions(void **state)
{
    assert_true(matches("fun:malloc\nfun:t\nfun:clone\n", STACK("malloc", "t", "clone3")));
    assert_true(matches("fun:malloc\nfun:t\nfun:clone3\n", STACK("malloc", "t", "clone3")));
    assert_false(matches("fun:malloc\nfun:t\nfun:clone3\n", STACK("malloc", "t", "clone")));
    assert_true(matches("fun:memalign\nfun:f\n", STACK("valloc", "f")));
    assert_true(matches("fun:memalign\nfun:f\n", STACK("aligned_alloc", "f")));
    assert_true(matches("fun:valloc\nfun:f\n", STACK("valloc", "f")));
    assert_false(matches("fun:f\nfun:memalign\n", STACK("f", "valloc")));
}

static void posix_memalign_may_have_one_frame_or_two(void **state)
{
    assert_true(matches("fun:posix_memalign\nfun:f\n", STACK("posix_memalign", "f")));
    assert_true(matches("fun:memalign\nfun:posix_memalign\nfun:f\n", STACK("posix_memalign", "f")));
    assert_true(matches("...\nfun:posix_memalign\nfun:f\n", STACK("posix_memalign", "f")));
    assert_false(matches("fun:memalign\nfun:f\n", STACK("posix_memalign", "f")));
    struct suppressions *both =
        fake_load(LEAK("last") "fun:memalign\n}\n" LEAK("first") "fun:posix_memalign\n}\n");
    assert_string_equal(fake_find(both, STACK("posix_memalign", "f")), "first");
    suppress_free(both);
    both = fake_load(LEAK("last") "fun:posix_memalign\n}\n" LEAK("first") "fun:memalign\n}\n");
    assert_string_equal(fake_find(both, STACK("posix_memalign", "f")), "first");
    suppress_free(both);
}

static void an_unknown_name_is_three_question_marks(void **state)
{
    struct fake_frame unknown = {0}, empty = {"", "", "", "", 0, ""};
    static const char *const lines[] = {"fun:*", "fun:???", "obj:*", "obj:???", "src:*"};
    for (size_t i = 0; i < sizeof lines / sizeof *lines; i++) {
        assert_true(matches_frame(lines[i], unknown));
        assert_true(matches_frame(lines[i], empty));
    }
    assert_false(matches_frame("fun:f*", unknown));
    assert_false(matches_frame("fun:???", (struct fake_frame){.function = "four"}));
    assert_false(matches_frame("fun:\\?\\?\\?", (struct fake_frame){.function = "???"}));
}

static void objects_match_by_path(void **state)
{
    struct fake_frame frame = {.function = "f", .object = "/usr/lib/libz.so.1.2"};
    assert_true(matches_frame("obj:/usr/lib/libz.so.1.2", frame));
    assert_true(matches_frame("obj:*/libz.so*", frame));
    assert_false(matches_frame("obj:libz.so.1.2", frame));
    assert_false(matches_frame("obj:f", frame));
}

static void sources_match_by_path_or_name_and_line(void **state)
{
    struct fake_frame frame = {.file = "/src/app/a.c", .line = 42};
    assert_true(matches_frame("src:a.c", frame));
    assert_true(matches_frame("src:a.c:42", frame));
    assert_true(matches_frame("src:/src/*/a.c:42", frame));
    assert_true(matches_frame("src:?.c:42", frame));
    assert_false(matches_frame("src:a.c:43", frame));
    assert_false(matches_frame("src:b.c:42", frame));
    assert_false(matches_frame("src:app/a.c", frame));
}

static void valgrinds_own_names_are_understood(void **state)
{
    struct suppressions *suppressions = fake_load(
        LEAK("preload") "obj:/usr/lib*/valgrind/vgpreload_memcheck-*-linux.so\nfun:f\n}\n");
    struct fake_frame frames[] = {{.function = "malloc", .object = "/opt/libtrace.so"},
                                  {.function = "f", .object = "/bin/a"}};
    assert_string_equal(fake_find_in(suppressions, frames, 2), "preload");
    frames[1].function = "g";
    assert_string_equal(fake_find_in(suppressions, frames, 2), "none");
    suppress_free(suppressions);
    assert_false(matches_frame("obj:*vgpreload_memcheck*", frames[0]));
    assert_true(matches("fun:malloc\nfun:(below main)\n", STACK("malloc", "__libc_start_main")));
    assert_true(matches("fun:malloc\nfun:(below main)\n", STACK("malloc", "_start")));
    assert_false(matches("fun:malloc\nfun:(below main)\n", STACK("malloc", "main")));
}

static void leaksanitizers_match_any_frame_and_any_name(void **state)
{
    struct fake_frame frames[] = {
        {.function = "malloc", .object = "/opt/libtrace.so"},
        {"_ZN1a1bEv", "a::b()", "/usr/lib/libz.so.1", "/src/b.c", 7, NULL},
        {.function = "main", .object = "/bin/prog"},
    };
    static const struct {
        const char *text;
        bool match;
    } cases[] = {
        {"leak:malloc", true},  {"leak:a::b", true},     {"leak:_ZN1a", true},
        {"leak:libz", true},    {"leak:b.c", true},      {"leak:^main$", true},
        {"leak:^mai$", false},  {"leak:^ain", false},    {"leak:prog$", true},
        {"leak:^prog$", false}, {"leak:/src/*.c", true}, {"leak:nothing", false},
        {"leak:???", false},
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        struct suppressions *suppressions = fake_load(cases[i].text);
        const char *found = fake_find_in(suppressions, frames, 3);
        assert_string_equal(found, cases[i].match ? cases[i].text : "none");
        suppress_free(suppressions);
    }
}

/* Every stack ends in libc. */
static void start_code_of_libc_is_nothing_for_leaksanitizers(void **state)
{
    static const char libc[] = "/usr/lib/x86_64-linux-gnu/libc.so.6";
    struct fake_frame frames[] = {
        {.function = "malloc", .object = "/opt/libtrace.so"},
        {.function = "mine", .object = "/bin/prog"},
        {.function = "main", .object = "/bin/prog"},
        {.function = "__libc_start_call_main", .object = libc},
        {.function = "__libc_start_main", .object = libc},
        {.function = "_start", .object = "/bin/prog"},
    };
    struct suppressions *suppressions = fake_load("leak:libc.so\nleak:_start\nleak:__libc_start\n");
    assert_string_equal(fake_find_in(suppressions, frames, 6), "none");
    frames[2] = (struct fake_frame){.function = "start_thread", .object = libc};
    frames[3] = (struct fake_frame){.function = "clone3", .object = libc};
    assert_string_equal(fake_find_in(suppressions, frames, 4), "none");
    frames[1] = (struct fake_frame){.function = "strdup", .object = libc};
    assert_string_equal(fake_find_in(suppressions, frames, 4), "leak:libc.so");
    frames[1] = (struct fake_frame){.function = "clone", .object = "/home/libc.so.d/prog"};
    assert_string_equal(fake_find_in(suppressions, frames, 4), "leak:libc.so");
    suppress_free(suppressions);
}

/* --- kinds and precedence ------------------------------------------------ */

static bool matches_kind(const char *lines, enum suppress_kind kind, unsigned leak_kind)
{
    char text[200];
    snprintf(text, sizeof text, "{\ne\n%s\nfun:f\n}\n", lines);
    struct suppressions *suppressions = fake_load(text);
    const struct fake_frame frame = {.function = "f"};
    struct fake_stack stack = {.frames = &frame, .count = 1};
    struct suppress_stack view = fake_stack_view(&stack);
    bool found = suppress_find(suppressions, kind, leak_kind, &view) != NULL;
    suppress_free(suppressions);
    return found;
}

static void leak_kinds_are_respected(void **state)
{
    const char *lines = "Memcheck:Leak\nmatch-leak-kinds: definite,reachable";
    assert_true(matches_kind(lines, SUPPRESS_LEAK, SUPPRESS_DEFINITE));
    assert_true(matches_kind(lines, SUPPRESS_LEAK, SUPPRESS_REACHABLE));
    assert_false(matches_kind(lines, SUPPRESS_LEAK, SUPPRESS_POSSIBLE));
    assert_false(matches_kind(lines, SUPPRESS_LEAK, SUPPRESS_INDIRECT));
    assert_false(matches_kind(lines, SUPPRESS_LEAK, 0));
    for (unsigned kind = 1; kind < SUPPRESS_ALL_LEAKS; kind *= 2) {
        assert_true(matches_kind("Memcheck:Leak", SUPPRESS_LEAK, kind));
        assert_false(matches_kind("Memcheck:Leak\nmatch-leak-kinds: none", SUPPRESS_LEAK, kind));
    }
}

/* After SIGKILL nobody knows the kind: what may be meant is matched. */
static void a_record_of_unknown_kind_matches_entries_of_any(void **state)
{
    assert_true(matches_kind("Memcheck:Leak", SUPPRESS_LEAK, SUPPRESS_ALL_LEAKS));
    assert_true(matches_kind("Memcheck:Leak\nmatch-leak-kinds: indirect", SUPPRESS_LEAK,
                             SUPPRESS_ALL_LEAKS));
    assert_false(
        matches_kind("Memcheck:Leak\nmatch-leak-kinds: none", SUPPRESS_LEAK, SUPPRESS_ALL_LEAKS));
    assert_false(matches_kind("Memcheck:Free", SUPPRESS_LEAK, SUPPRESS_ALL_LEAKS));
}

static void an_entry_matches_only_its_kind(void **state)
{
    for (size_t i = 0; i < SUPPRESS_KINDS_COUNT; i++) {
        char line[90];
        bool named = i >= SUPPRESS_PARAM;
        snprintf(line, sizeof line, "Memcheck:%s%s%s", suppress_kind_name((enum suppress_kind)i),
                 named ? "\n" : "", named ? suppress_parameter_name(i - SUPPRESS_PARAM) : "");
        for (size_t k = 0; k < SUPPRESS_KINDS_COUNT; k++)
            assert_int_equal(matches_kind(line, (enum suppress_kind)k, SUPPRESS_DEFINITE), i == k);
    }
}

static void the_entry_read_last_is_tried_first(void **state)
{
    struct failure failure;
    struct suppressions *suppressions =
        fake_load(LEAK("short") "fun:malloc\n}\n" LEAK("long") "fun:malloc\nfun:f\nfun:g\n}\n");
    assert_string_equal(fake_find(suppressions, STACK("malloc", "f", "g")), "long");
    assert_string_equal(fake_find(suppressions, STACK("malloc", "f", "h")), "short");
    const char *second = LEAK("later") "...\nfun:g\n}\n";
    assert_int_equal(suppress_load_text(suppressions, "second", second, strlen(second), &failure),
                     0);
    assert_string_equal(fake_find(suppressions, STACK("malloc", "f", "g")), "later");
    assert_string_equal(fake_find(suppressions, STACK("malloc", "f", "h")), "short");
    assert_string_equal(suppress_entry_at(suppressions, 0)->name, "later");
    assert_string_equal(suppress_entry_at(suppressions, 2)->name, "short");
    suppress_free(suppressions);
}

/* --- files in the shape that real projects ship -------------------------- */

static void a_file_in_the_shape_of_pythons(void **state)
{
    struct suppressions *suppressions = fake_load(
        "#\n# The interpreter reads memory that its allocator may not own.\n#\n\n"
        "{\n   ADDRESS_IN_RANGE/Invalid read of size 4\n   Memcheck:Addr4\n   "
        "fun:address_in_range\n"
        "}\n\n{\n   ADDRESS_IN_RANGE/Conditional jump\n   Memcheck:Cond\n"
        "   fun:address_in_range\n}\n\n###{\n###   switched off\n###   Memcheck:Leak\n"
        "###   fun:malloc\n###}\n\n"
        "{\n   Leak: interned strings\n   Memcheck:Leak\n   fun:malloc\n   fun:PyObject_Malloc\n"
        "   fun:PyBytes_From*\n}\n"
        "{\n   dlopen\n   Memcheck:Param\n   open(filename)\n   fun:open\n   "
        "obj:/lib*/ld-*.so\n}\n");
    assert_int_equal(suppress_entries_count(suppressions), 2);
    assert_string_equal(
        fake_find(suppressions, STACK("malloc", "PyObject_Malloc", "PyBytes_FromString", "main")),
        "Leak: interned strings");
    assert_string_equal(fake_find(suppressions, STACK("malloc", "PyObject_Malloc", "main")),
                        "none");
    suppress_free(suppressions);
}

static void a_file_in_the_shape_of_glibs(void **state)
{
    struct suppressions *suppressions =
        fake_load("{\n\tg-type-register\n\tMemcheck:Leak\n\tmatch-leak-kinds:reachable,definite\n"
                  "\tfun:?alloc\n\t...\n\tfun:g_type_register_*\n}\n"
                  "{\n\tgquark\n\tMemcheck:Leak\n\tmatch-leak-kinds: reachable\n\tfun:malloc\n"
                  "\tfun:g_malloc\n\t...\n\tobj:*/libglib-2.0.so*\n\t...\n}\n");
    assert_string_equal(fake_find(suppressions, STACK("malloc", "g_malloc", "type_node",
                                                      "g_type_register_static", "main")),
                        "g-type-register");
    assert_string_equal(fake_find(suppressions, STACK("calloc", "g_type_register_fundamental")),
                        "g-type-register");
    assert_string_equal(fake_find(suppressions, STACK("realloc", "g_type_register_static")),
                        "none");
    suppress_free(suppressions);
}

/* --- cost ---------------------------------------------------------------- */

static void only_frames_that_still_matter_are_asked_for(void **state)
{
    struct suppressions *suppressions = fake_load(
        LEAK("a") "fun:malloc\nobj:*/libx.so\nfun:f\n}\n" LEAK("b") "fun:calloc\n...\nfun:z\n}\n");
    const struct fake_frame frames[] = {{.function = "malloc"}, {.object = "/bin/a"}, {0}, {0}};
    struct fake_stack stack = {.frames = frames, .count = 4};
    struct suppress_stack view = fake_stack_view(&stack);
    assert_null(suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view));
    assert_int_equal(stack.deepest, 1);
    assert_true(stack.asked <= 5);
    suppress_free(suppressions);
}

/* A match of the entry that is tried first ends the search; later ones need no more frames. */
static void a_match_ends_the_search(void **state)
{
    struct suppressions *suppressions =
        fake_load(LEAK("later") "...\nfun:deep\n}\n" LEAK("first") "fun:malloc\nfun:f\n}\n");
    const struct fake_frame frames[] = {
        {.function = "malloc"}, {.function = "f"}, {.function = "x"}, {.function = "deep"}};
    struct fake_stack stack = {.frames = frames, .count = 4};
    struct suppress_stack view = fake_stack_view(&stack);
    assert_string_equal(suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view)->name,
                        "first");
    assert_int_equal(stack.deepest, 1);
    suppress_free(suppressions);
}

static void frames_seen_before_are_not_asked_again(void **state)
{
    struct suppressions *suppressions = fake_load(LEAK("a") "...\nfun:nobody\n}\nleak:noone\n");
    struct fake_frame frames[200];
    for (size_t i = 0; i < 200; i++)
        frames[i] = (struct fake_frame){.function = "f"};
    struct fake_stack stack = {.frames = frames, .count = 200, .with_identity = true};
    struct suppress_stack view = fake_stack_view(&stack);
    assert_null(suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view));
    assert_true(stack.asked >= 200);
    stack.asked = 0;
    assert_null(suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_INDIRECT, &view));
    assert_int_equal(stack.asked, 0);
    suppress_free(suppressions);
}

/* Twelve dots and a long stack: a search that tries every way would need 500 over 12 of them. */
static void hostile_dots_stay_cheap(void **state)
{
    char text[1000] = LEAK("hostile");
    for (size_t i = 0; i < 11; i++)
        strcat(text, "...\nfun:*a*a*\n");
    strcat(text, "...\nfun:never\n}\n");
    struct suppressions *suppressions = fake_load(text);
    struct fake_frame frames[500];
    for (size_t i = 0; i < 500; i++)
        frames[i] = (struct fake_frame){.function = "aaaaaaaa"};
    struct fake_stack stack = {.frames = frames, .count = 500};
    struct suppress_stack view = fake_stack_view(&stack);
    assert_null(suppress_find(suppressions, SUPPRESS_LEAK, SUPPRESS_DEFINITE, &view));
    assert_true(stack.asked <= 500 * 12 * 2);
    suppress_free(suppressions);
}

/* --- against a matcher that is too simple to be wrong -------------------- */

#define RANDOM_RULES  90
#define RANDOM_FRAMES 5

struct random_rule {
    char frames[RANDOM_FRAMES]; /* a … c, "*", or "." for dots */
    size_t count;
};

static bool simply_matches(const char *frames, size_t count, const char *stack)
{
    if (count == 0)
        return true;
    if (*frames == '.')
        return simply_matches(frames + 1, count - 1, stack) ||
               (*stack != '\0' && simply_matches(frames, count, stack + 1));
    return *stack != '\0' && (*frames == '*' || *frames == *stack) &&
           simply_matches(frames + 1, count - 1, stack + 1);
}

static void write_rule(FILE *out, struct random_rule *rule, size_t index)
{
    rule->count = 2 + (size_t)rand() % (RANDOM_FRAMES - 1);
    fprintf(out, "{\n%zu\nMemcheck:Leak\n", index);
    for (size_t i = 0; i < rule->count; i++) {
        rule->frames[i] = "abcabcd*..."[rand() % 11];
        if (i == 0)
            rule->frames[i] = "ab."[rand() % 3];
        if (i + 1 == rule->count)
            rule->frames[i] = "abcdefgh"[rand() % 8];
        if (rule->frames[i] == '.')
            fputs("...\n", out);
        else
            fprintf(out, "fun:%c\n", rule->frames[i]);
    }
    fputs("}\n", out);
}

static void assert_same_answer(struct suppressions *suppressions, const struct random_rule *rules,
                               const struct fake_frame *letters)
{
    char word[12] = "", expected[20] = "none";
    struct fake_frame frames[10];
    size_t count = (size_t)rand() % 9;
    for (size_t i = 0; i < count; i++) {
        word[i] = "abcdefgh"[rand() % 8];
        frames[i] = letters[word[i] - 'a'];
    }
    for (size_t i = 0; i < RANDOM_RULES; i++) {
        if (simply_matches(rules[i].frames, rules[i].count, word))
            sprintf(expected, "%zu", i);
    }
    const char *found = fake_find_in(suppressions, frames, count);
    if (strcmp(found, expected) != 0)
        fail_msg("stack %s: rule %s, expected %s", word, found, expected);
}

static void random_rules_match_as_a_simple_matcher_says(void **state)
{
    static const struct fake_frame letters[] = {
        {.function = "a"}, {.function = "b"}, {.function = "c"}, {.function = "d"},
        {.function = "e"}, {.function = "f"}, {.function = "g"}, {.function = "h"}};
    srand(1);
    for (size_t round = 0; round < 40; round++) {
        struct random_rule rules[RANDOM_RULES];
        char *text = NULL;
        size_t size = 0;
        FILE *out = open_memstream(&text, &size);
        for (size_t i = 0; i < RANDOM_RULES; i++)
            write_rule(out, &rules[i], i);
        fclose(out);
        struct suppressions *suppressions = fake_load(text);
        for (size_t i = 0; i < 300; i++)
            assert_same_answer(suppressions, rules, letters);
        suppress_free(suppressions);
        free(text);
    }
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(frames_match_as_a_prefix_from_the_innermost),
        cmocka_unit_test(dots_stand_for_any_number_of_frames),
        cmocka_unit_test(functions_match_mangled_and_demangled),
        cmocka_unit_test(inlined_functions_match_by_their_name_alone),
        cmocka_unit_test(names_that_valgrind_has_for_libcs_functions),
        cmocka_unit_test(posix_memalign_may_have_one_frame_or_two),
        cmocka_unit_test(start_code_of_libc_is_nothing_for_leaksanitizers),
        cmocka_unit_test(an_unknown_name_is_three_question_marks),
        cmocka_unit_test(objects_match_by_path),
        cmocka_unit_test(sources_match_by_path_or_name_and_line),
        cmocka_unit_test(valgrinds_own_names_are_understood),
        cmocka_unit_test(leaksanitizers_match_any_frame_and_any_name),
        cmocka_unit_test(leak_kinds_are_respected),
        cmocka_unit_test(a_record_of_unknown_kind_matches_entries_of_any),
        cmocka_unit_test(an_entry_matches_only_its_kind),
        cmocka_unit_test(the_entry_read_last_is_tried_first),
        cmocka_unit_test(a_file_in_the_shape_of_pythons),
        cmocka_unit_test(a_file_in_the_shape_of_glibs),
        cmocka_unit_test(only_frames_that_still_matter_are_asked_for),
        cmocka_unit_test(a_match_ends_the_search),
        cmocka_unit_test(frames_seen_before_are_not_asked_again),
        cmocka_unit_test(hostile_dots_stay_cheap),
        cmocka_unit_test(random_rules_match_as_a_simple_matcher_says),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
