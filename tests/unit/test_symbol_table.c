/* Which symbol names an address. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "symbols/symbol_table.h"

static void alias_chosen_is_global_then_shortest_then_first(void **state)
{
    struct symbol symbols[] = {
        {0x200, 9, "zz", false},     {0x100, 9, "__strdup", false}, {0x100, 9, "strdup", false},
        {0x100, 9, "dup", true},     {0x200, 9, "aa", false},       {0x300, 0, "x", false},
        {0x300, 4, "longer", false}, {0x400, 4, "foo@@V_2", false}, {0x400, 4, "fooo", false},
    };

    assert_int_equal(symbol_table_order(symbols, sizeof symbols / sizeof *symbols), 4);
    assert_string_equal(symbols[0].name, "strdup");
    assert_string_equal(symbols[1].name, "aa");
    assert_string_equal(symbols[2].name, "longer");
    assert_string_equal(symbols[3].name, "foo@@V_2");
}

static void address_is_in_the_symbol_that_covers_it(void **state)
{
    struct symbol symbols[] = {
        {0x100, 0x100, "outer", false}, {0x110, 4, "inner", false}, {0x300, 0, "open", false}};
    struct symbol_table table = {.functions = symbols, .function_count = 3};

    assert_null(symbol_table_function(&table, 0xff));
    assert_string_equal(symbol_table_function(&table, 0x100)->name, "outer");
    assert_string_equal(symbol_table_function(&table, 0x113)->name, "inner");
    assert_string_equal(symbol_table_function(&table, 0x114)->name, "outer");
    assert_string_equal(symbol_table_function(&table, 0x1ff)->name, "outer");
    assert_null(symbol_table_function(&table, 0x200));
    assert_string_equal(symbol_table_function(&table, 0x3ff)->name, "open");
    assert_null(symbol_table_data(&table, 0x100));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(alias_chosen_is_global_then_shortest_then_first),
        cmocka_unit_test(address_is_in_the_symbol_that_covers_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
