/* Names from perf's map file: which piece an address belongs to, and what its name says. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <string.h>
#include "symbols/generated_code.h"

static const struct position *find(struct generated_code *code, uint64_t address)
{
    return generated_code_find(code, address);
}

static void expect(struct generated_code *code, uint64_t address, const char *function,
                   const char *file, unsigned line)
{
    const struct position *position = find(code, address);

    assert_non_null(position);
    assert_string_equal(position->function, function);
    if (file)
        assert_string_equal(position->file, file);
    else
        assert_null(position->file);
    assert_int_equal(position->line, line);
}

static void addresses_belong_to_whole_pieces(void **state)
{
    (void)state;
    struct generated_code *code = generated_code_new("1000 10 one\n1010 10 two\n0x2000 0x8 three");

    assert_null(find(code, 0xfff));
    expect(code, 0x1000, "one", NULL, 0);
    expect(code, 0x100f, "one", NULL, 0);
    expect(code, 0x1010, "two", NULL, 0);
    assert_null(find(code, 0x1020));
    expect(code, 0x2007, "three", NULL, 0);
    assert_null(find(code, 0x2008));
    assert_int_equal(generated_code_replaced(code), 0);
    generated_code_free(code);
}

static void later_lines_count(void **state)
{
    (void)state;
    struct generated_code *code =
        generated_code_new("1000 100 old\n1040 10 new\n1000 100 same\n3000 10 a\n3000 10 a\n");

    expect(code, 0x1040, "same", NULL, 0);
    assert_int_equal(generated_code_replaced(code), 1);
    expect(code, 0x3000, "a", NULL, 0);
    assert_int_equal(generated_code_replaced(code), 1);
    generated_code_free(code);
}

static void places_in_sources_are_understood(void **state)
{
    (void)state;
    struct generated_code *code = generated_code_new("1000 10 JS:*get size /a b/x.js:10:5\n"
                                                     "2000 10 JS:~ node:zlib:393:30\n"
                                                     "3000 10 JS:^Foo.bar file:///srv/m.mjs:7:1\n"
                                                     "4000 10 py::Class.method:/srv/app.py\n"
                                                     "5000 10 void Z.pack(byte[], int)\n"
                                                     "6000 10 Builtin:Array at 3\n"
                                                     "7000 10 JS:+alone\n");

    expect(code, 0x1000, "get size", "x.js", 10);
    assert_string_equal(find(code, 0x1000)->path, "/a b/x.js");
    expect(code, 0x2000, "(anonymous)", "node:zlib", 393);
    expect(code, 0x3000, "Foo.bar", "m.mjs", 7);
    expect(code, 0x4000, "Class.method", "app.py", 0);
    expect(code, 0x5000, "void Z.pack(byte[], int)", NULL, 0);
    expect(code, 0x6000, "Builtin:Array at 3", NULL, 0);
    expect(code, 0x7000, "alone", NULL, 0);
    generated_code_free(code);
}

/* Node 12 and 18. */
static void names_of_older_javascript_engines(void **state)
{
    (void)state;
    struct generated_code *code = generated_code_new(
        "1000 10 LazyCompile:~outerLoop /tmp/j.js:2\n"
        "2000 10 LazyCompile:*get size node:internal/modules/cjs/loader:946:30\n"
        "3000 10 Function:^hotCompress /a b/j.js:10\n"
        "4000 10 Function:~ node:internal/main/run_main_module:1\n"
        "5000 10 Script:~ /srv/app.js:1:1\n"
        "6000 10 Eval:~ [eval]:1\n"
        "7000 10 LazyCompile: internal/bootstrap/loaders.js:42\n"
        "9000 10 InterpretedFunction:Module._load internal/modules/cjs/loader.js:648\n"
        "8000 10 Function without a colon\n");

    expect(code, 0x1000, "outerLoop", "j.js", 2);
    expect(code, 0x2000, "get size", "loader", 946);
    expect(code, 0x3000, "hotCompress", "j.js", 10);
    expect(code, 0x4000, "(anonymous)", "run_main_module", 1);
    expect(code, 0x5000, "(anonymous)", "app.js", 1);
    expect(code, 0x6000, "(anonymous)", "[eval]", 1);
    expect(code, 0x7000, "(anonymous)", "loaders.js", 42);
    expect(code, 0x9000, "Module._load", "loader.js", 648);
    expect(code, 0x8000, "Function without a colon", NULL, 0);
    generated_code_free(code);
}

static void lines_that_are_none_are_passed_over(void **state)
{
    (void)state;
    struct generated_code *code = generated_code_new(
        "\n\nname\n1000\n1000 10\n1000 10 \n1000 0 empty\nffffffffffffffff 10 over\n"
        "-1 5 minus\n1000 zz name\n2000 10 good\n");

    assert_null(find(code, 0x1000));
    assert_null(find(code, UINT64_MAX));
    expect(code, 0x2000, "good", NULL, 0);
    generated_code_free(code);
    code = generated_code_new("");
    assert_null(find(code, 0));
    generated_code_free(code);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(addresses_belong_to_whole_pieces),
        cmocka_unit_test(later_lines_count),
        cmocka_unit_test(places_in_sources_are_understood),
        cmocka_unit_test(names_of_older_javascript_engines),
        cmocka_unit_test(lines_that_are_none_are_passed_over),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
