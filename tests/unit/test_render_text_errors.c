/* The text of bad frees and their like, to the letter: valgrind's words, from synthetic logs. */
#include "rendered.h"

/* --- errors -------------------------------------------------------------- */

static void add_error(struct trace_error error)
{
    if (!error.stack)
        error.stack = stack(0x500);
    log_writer_error(&writer, error);
}

static void double_free_comes_with_three_stacks(void **state)
{
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE,
                                   .address_kind = TRACE_ADDRESS_FREED_BLOCK,
                                   .address = 0x4a420e0,
                                   .block = 0x4a420e0,
                                   .block_size = 1234,
                                   .stack_freed = stack(0x600),
                                   .stack_allocated = stack(0x700),
                                   .count = 3});
    render(NULL);
    expect("Invalid free() / delete / delete[] / realloc()\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x204FF: ??? (in /none/prog)\n"
           " Address 0x4a420e0 is 0 bytes inside a block of size 1,234 free'd\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x205FF: ??? (in /none/prog)\n"
           " Block was alloc'd at\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x206FF: ??? (in /none/prog)\n"
           "\n"
           "\n"
           "HEAP SUMMARY:\n");
    expect("ERROR SUMMARY: 3 errors from 1 contexts");
}

static void place_of_a_bad_address_is_told(void **state)
{
    static const struct {
        uint64_t address, size;
        const char *text;
    } cases[] = {
        {0x1003, 7, " Address 0x1003 is 3 bytes inside a block of size 7 alloc'd\n"},
        {0x1009, 7, " Address 0x1009 is 2 bytes after a block of size 7 alloc'd\n"},
        {0xff8, 7, " Address 0xff8 is 8 bytes before a block of size 7 alloc'd\n"},
        {0x1000, 0, " Address 0x1000 is 0 bytes after a block of size 0 alloc'd\n"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        add_error((struct trace_error){.kind = TRACE_INVALID_FREE,
                                       .address_kind = TRACE_ADDRESS_LIVE_BLOCK,
                                       .stack = stack(0x900 + 16 * i),
                                       .address = cases[i].address,
                                       .block = 0x1000,
                                       .block_size = cases[i].size});
    add_error((struct trace_error){.kind = TRACE_MISMATCHED_FREE,
                                   .address_kind = TRACE_ADDRESS_LIVE_BLOCK,
                                   .address = 0x1000,
                                   .block = 0x1000,
                                   .block_size = 9,
                                   .stack_allocated = stack(0x800)});
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE,
                                   .address_kind = TRACE_ADDRESS_STACK,
                                   .stack = stack(0xa00),
                                   .address = 0x7ffe});
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE,
                                   .address_kind = TRACE_ADDRESS_STACK,
                                   .stack = stack(0xa10),
                                   .tid = writer.header.pid,
                                   .block = 1,
                                   .address = 0x6ffe});
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE,
                                   .address_kind = TRACE_ADDRESS_DATA,
                                   .stack = stack(0xa20),
                                   .address = 0x8ffe});
    add_error(
        (struct trace_error){.kind = TRACE_INVALID_FREE, .stack = stack(0xa30), .address = 0x9ffe});
    render(NULL);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        expect(cases[i].text);
    expect(" Address 0x1000 is 0 bytes inside a block of size 9 alloc'd\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x207FF: ??? (in /none/prog)\n"
           "\n");
    expect(" Address 0x7ffe is on a thread's stack\n\n");
    expect(" Address 0x6ffe is on thread 1's stack\n"
           " in frame #1, created by ??? (in /none/prog)\n");
    expect(" Address 0x8ffe is in a program's or a library's data\n");
    expect(" Address 0x9ffe is not stack'd, malloc'd or (recently) free'd\n");
}

/* Other blocks, other addresses: the bad call alone makes the context. Another kind is another. */
static void errors_of_one_context_are_one(void **state)
{
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE, .address = 0x10, .count = 3});
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE,
                                   .address_kind = TRACE_ADDRESS_FREED_BLOCK,
                                   .address = 0x20,
                                   .block = 0x20,
                                   .stack_freed = stack(0x600),
                                   .count = 4});
    add_error((struct trace_error){.kind = TRACE_MISMATCHED_FREE, .address = 0x30});
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE, .stack = stack(0x900)});
    render(NULL);
    expect("ERROR SUMMARY: 9 errors from 3 contexts (suppressed: 0 from 0)\n");
    expect(" Address 0x10 is not stack'd, malloc'd or (recently) free'd\n");
}

static void each_kind_of_error_has_its_words(void **state)
{
    add_error((struct trace_error){.kind = TRACE_MISMATCHED_FREE});
    add_error((struct trace_error){.kind = TRACE_WRONG_SIZE, .given = 10, .family = TRACE_BY_NEW});
    add_error(
        (struct trace_error){.kind = TRACE_WRONG_SIZE, .given = 11, .family = TRACE_BY_NEW_ARRAY});
    add_error((struct trace_error){.kind = TRACE_WRONG_SIZE, .given = 12});
    add_error((struct trace_error){
        .kind = TRACE_WRONG_ALIGNMENT, .given = 64, .family = TRACE_BY_NEW, .alignment_log2 = 5});
    add_error((struct trace_error){
        .kind = TRACE_WRONG_ALIGNMENT, .family = TRACE_BY_NEW_ARRAY, .alignment_log2 = 7});
    add_error((struct trace_error){.kind = TRACE_WRONG_ALIGNMENT, .given = 256});
    add_error((struct trace_error){.kind = TRACE_REALLOC_ZERO});
    render(NULL);
    expect("Mismatched free() / delete / delete []\n");
    expect("Mismatched new/delete size value: 10\n");
    expect("Mismatched new[]/delete[] size value: 11\n");
    expect("Mismatched malloc/free_sized size value: 12\n");
    expect("Mismatched new/delete alignment alloc value: 32 dealloc value: 64\n");
    expect("Mismatched new[]/delete[] alignment alloc value: 128 dealloc value: default-aligned\n");
    expect("Mismatched aligned_alloc/free_aligned_sized alignment alloc value: default-aligned "
           "dealloc value: 256\n");
    expect("realloc() with size 0\n");
    assert_int_equal(selection.errors, 8);
}

/* There is no byte inside of it. */
static void block_of_no_size_has_no_inside(void **state)
{
    add_error((struct trace_error){.kind = TRACE_INVALID_FREE,
                                   .address_kind = TRACE_ADDRESS_FREED_BLOCK,
                                   .address = 0x50,
                                   .block = 0x50});
    render(NULL);
    expect(" Address 0x50 is 0 bytes after a block of size 0 free'd\n");
}

static void error_list_shows_the_rarest_first(void **state)
{
    add_error((struct trace_error){.kind = TRACE_REALLOC_ZERO, .count = 5});
    add_error((struct trace_error){.kind = TRACE_MISMATCHED_FREE, .count = 2});
    render("-s", NULL);
    expect("ERROR SUMMARY: 7 errors from 2 contexts (suppressed: 0 from 0)\n"
           "\n"
           "2 errors in context 1 of 2:\n"
           "Mismatched free() / delete / delete []\n");
    expect("5 errors in context 2 of 2:\n"
           "realloc() with size 0\n");
    expect_not("rerun with: -s");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        RENDERED_TEST(double_free_comes_with_three_stacks),
        RENDERED_TEST(place_of_a_bad_address_is_told),
        RENDERED_TEST(errors_of_one_context_are_one),
        RENDERED_TEST(each_kind_of_error_has_its_words),
        RENDERED_TEST(block_of_no_size_has_no_inside),
        RENDERED_TEST(error_list_shows_the_rarest_first),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
