/* The report's text, to the letter: valgrind's words, from synthetic logs. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "cli/cli.h"
#include "read/load.h"
#include "log_writer.h"
#include "base/format.h"
#include "views/renderer.h"
#include "scratch.h"

static struct log_writer writer;
static const char *path;
static char *text; /* the report without its ==4242== */
static struct selection selection;
static uint32_t tracer, program;

static int make_log(void **state)
{
    log_writer_begin(&writer);
    tracer = log_writer_module(&writer, "/none/libtrace.so", 0x10000, 0x1000);
    program = log_writer_module(&writer, "/none/prog", 0x20000, 0x1000);
    log_writer_command(&writer, "./prog\0x\0", 9);
    path = scratch_path("trace.log");
    return 0;
}

static int drop_log(void **state)
{
    log_writer_end(&writer);
    free(text);
    text = NULL;
    return 0;
}

/* malloc in libtrace.so, called from `caller` in the program. */
static uint32_t stack(uint64_t caller)
{
    uint32_t outer = log_writer_node(&writer, 0x20000 + caller, TRACE_NODE_END, program);

    return log_writer_node(&writer, 0x10100 + 1, outer, tracer);
}

static void strip_prefix(char *lines, const char *prefix)
{
    char *out = lines;

    while (*lines) {
        size_t length = strcspn(lines, "\n") + 1;
        size_t skipped = strncmp(lines, prefix, strlen(prefix)) == 0 ? strlen(prefix) : 0;

        memmove(out, lines + skipped, length - skipped);
        out += length - skipped;
        lines += length;
    }
    *out = 0;
}

/* Reads the log with these options and leaves the report in `text`. */
static void render(const char *option, ...)
{
    static struct log_reader reader;
    struct options options;
    struct model model;
    struct loss_records records;
    struct rankings rankings;
    struct failure failure;
    struct module_cache *modules = module_cache_new(true);
    char *arguments[10] = {(char *)"leakreport", (char *)path};
    int count = 2;
    size_t size;
    va_list more;

    va_start(more, option);
    for (; option; option = va_arg(more, const char *))
        arguments[count++] = (char *)option;
    va_end(more);
    assert_int_equal(cli_parse(&options, count, arguments, &failure), 0);
    log_writer_finish(&writer);
    log_writer_save(&writer, path, writer.size);
    assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
    model_init(&model, "trace.log");
    if (options_want_usage(&options))
        model_want_usage(&model);
    load_log(&reader, options.num_callers, &model);
    log_reader_close(&reader);
    struct symbolizer *symbolizer = symbolize_begin(&model, modules, NULL);
    group_blocks(&records, &model, UINT32_MAX);
    struct suppressions *suppressions = select_suppressions(&options, &failure);
    assert_non_null(suppressions);
    select_records(&selection, &options, &model, &records, symbolizer, suppressions);
    rank_stacks(&rankings, &options, &model, symbolizer);
    symbolize_note(symbolizer);
    FILE *out = open_memstream(&text, &size);
    struct report report = {.options = &options,
                            .model = &model,
                            .records = &records,
                            .selection = &selection,
                            .rankings = &rankings};
    renderer_prepare(&report);
    renderer_of(FORMAT_TEXT)->render(out, &report);
    fclose(out);
    strip_prefix(text, "==4242== ");
    rank_free(&rankings);
    group_free(&records);
    symbolize_end(symbolizer);
    model_free(&model);
    module_cache_free(modules);
    suppress_free(suppressions);
    options_free(&options);
}

static void expect(const char *expected)
{
    if (!strstr(text, expected))
        fail_msg("expected:\n%s\nin:\n%s", expected, text);
}

static void expect_not(const char *unwanted)
{
    if (strstr(text, unwanted))
        fail_msg("not expected:\n%s\nin:\n%s", unwanted, text);
}

/* The documented case: a lost wrapper, what hangs on it, and two reachable blocks. */
static void add_leaks(void)
{
    uint32_t head = log_writer_verdict(&writer, 0x1000, 16, stack(0x100), TRACE_DEFINITELY_LOST,
                                       TRACE_HEAD_NONE);

    log_writer_verdict(&writer, 0x2000, 1000, stack(0x200), TRACE_INDIRECTLY_LOST, head);
    log_writer_verdict(&writer, 0x2500, 2000, stack(0x200), TRACE_INDIRECTLY_LOST, head);
    log_writer_verdict(&writer, 0x3000, 64, stack(0x300), TRACE_POSSIBLY_LOST, TRACE_HEAD_NONE);
    log_writer_verdict(&writer, 0x4000, 136, stack(0x400), TRACE_REACHABLE, TRACE_HEAD_NONE);
    writer.header.totals = (struct trace_totals){34, 27, 2, 77412, 77412 - 3216};
}

/* --- leaks --------------------------------------------------------------- */

static void full_report_is_valgrinds(void **state)
{
    add_leaks();
    render("--show-leak-kinds=all", NULL);
    expect("HEAP SUMMARY:\n"
           "    in use at exit: 3,216 bytes in 7 blocks\n"
           "  total heap usage: 34 allocs, 29 frees, 77,412 bytes allocated\n"
           "\n"
           "64 bytes in 1 blocks are possibly lost in loss record 1 of 4\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x202FF: ??? (in /none/prog)\n"
           "\n"
           "136 bytes in 1 blocks are still reachable in loss record 2 of 4\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x203FF: ??? (in /none/prog)\n"
           "\n"
           "3,000 bytes in 2 blocks are indirectly lost in loss record 3 of 4\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x201FF: ??? (in /none/prog)\n"
           "\n"
           "3,016 (16 direct, 3,000 indirect) bytes in 1 blocks are definitely lost in loss "
           "record 4 of 4\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x200FF: ??? (in /none/prog)\n"
           "\n"
           "LEAK SUMMARY:\n"
           "   definitely lost: 16 bytes in 1 blocks\n"
           "   indirectly lost: 3,000 bytes in 2 blocks\n"
           "     possibly lost: 64 bytes in 1 blocks\n"
           "   still reachable: 136 bytes in 1 blocks\n"
           "        suppressed: 0 bytes in 0 blocks\n"
           "\n"
           "For lists of detected and suppressed errors, rerun with: -s\n"
           "ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)\n");
}

static void hidden_records_still_count_in_x_of_y(void **state)
{
    add_leaks();
    render(NULL);
    expect("possibly lost in loss record 1 of 4\n");
    expect("definitely lost in loss record 4 of 4\n");
    expect_not("loss record 2 of 4");
    expect_not("loss record 3 of 4");
    expect("        suppressed: 0 bytes in 0 blocks\n"
           "Reachable blocks (those to which a pointer was found) are not shown.\n"
           "To see them, rerun with: --leak-check=full --show-leak-kinds=all\n"
           "\n");
}

static void summary_mode_shows_no_records_and_counts_no_errors(void **state)
{
    add_leaks();
    render("--leak-check=summary", NULL);
    expect_not("loss record");
    expect("        suppressed: 0 bytes in 0 blocks\n"
           "Rerun with --leak-check=full to see details of leaked memory\n"
           "\n");
    expect("ERROR SUMMARY: 0 errors from 0 contexts");
}

static void leak_check_no_gives_advice_only(void **state)
{
    add_leaks();
    render("--leak-check=no", NULL);
    expect("77,412 bytes allocated\n"
           "\n"
           "For a detailed leak analysis, rerun with: --leak-check=full\n"
           "\n"
           "For lists of");
    expect_not("LEAK SUMMARY");
}

static void quiet_leaves_records_only(void **state)
{
    add_leaks();
    render("-q", NULL);
    assert_int_equal(strncmp(text, "64 bytes in 1 blocks are possibly lost", 38), 0);
    expect("definitely lost in loss record 4 of 4");
    expect_not("SUMMARY");
    expect_not("Command");
}

static void error_kinds_decide_what_counts(void **state)
{
    add_leaks();
    render("--errors-for-leak-kinds=reachable,indirect,definite", NULL);
    expect("ERROR SUMMARY: 3 errors from 3 contexts");
}

static void nothing_live_is_said_and_no_leak_summary(void **state)
{
    writer.header.check.scan = TRACE_SCAN_DONE;
    writer.header.totals = (struct trace_totals){34, 34, 0, 77412, 77412};
    render(NULL);
    expect("    in use at exit: 0 bytes in 0 blocks\n"
           "  total heap usage: 34 allocs, 34 frees, 77,412 bytes allocated\n"
           "\n"
           "All heap blocks were freed -- no leaks are possible\n"
           "\n"
           "For lists of");
    expect_not("LEAK SUMMARY");
}

static void heuristics_are_listed_under_reachable(void **state)
{
    add_leaks();
    log_writer_verdict(&writer, 0x5000, 20, stack(0x500), TRACE_REACHABLE, TRACE_HEAD_NONE);
    log_writer_last_verdict(&writer)->where |= (uint64_t)TRACE_NEWARRAY << TRACE_HEURISTIC_SHIFT;
    render(NULL);
    expect("   still reachable: 156 bytes in 2 blocks\n"
           "                      of which reachable via heuristic:\n"
           "                        newarray           : 20 bytes in 1 blocks\n"
           "        suppressed:");
}

/* One report with these suppressions. */
static void render_suppressed(const char *suppressions, const char *option)
{
    const char *file = scratch_path("suppressions");
    char name[512];

    scratch_write(file, suppressions);
    snprintf(name, sizeof name, "--suppressions=%s", file);
    render(name, "--show-leak-kinds=all", option, NULL);
}

static void suppressed_head_takes_along_what_hangs_on_it(void **state)
{
    add_leaks();
    render_suppressed("{\n one\n Memcheck:Leak\n match-leak-kinds: definite\n"
                      " obj:/none/libtrace.so\n ...\n}\n",
                      NULL);
    expect_not("definitely lost in loss record");
    expect_not("indirectly lost in loss record");
    expect("   definitely lost: 0 bytes in 0 blocks\n"
           "   indirectly lost: 0 bytes in 0 blocks\n"
           "     possibly lost: 64 bytes in 1 blocks\n"
           "   still reachable: 136 bytes in 1 blocks\n"
           "        suppressed: 3,016 bytes in 3 blocks\n"
           "Of the suppressed blocks, 2 are lost only through suppressed ones.\n");
    expect("ERROR SUMMARY: 1 errors from 1 contexts (suppressed: 1 from 1)\n");
}

static void suppressed_record_that_is_no_error_is_not_counted_as_one(void **state)
{
    add_leaks();
    render_suppressed("{\n one\n Memcheck:Leak\n match-leak-kinds: reachable\n ...\n"
                      " obj:/none/prog\n}\n",
                      "-s");
    expect("        suppressed: 136 bytes in 1 blocks\n");
    expect("ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)\n"
           "--4242-- \n"
           "--4242-- used_suppression:      1 one ");
    expect("suppressed: 136 bytes in 1 blocks\n"
           "\n"
           "ERROR SUMMARY: 2 errors from 2 contexts (suppressed: 0 from 0)\n");
}

static void generated_suppressions_follow_their_records(void **state)
{
    add_leaks();
    render("--gen-suppressions=all", NULL);
    expect("\n"
           "{\n"
           "   <insert_a_suppression_name_here>\n"
           "   Memcheck:Leak\n"
           "   match-leak-kinds: possible\n"
           "   obj:/none/libtrace.so\n"
           "   obj:/none/prog\n"
           "}\n");
}

/* --- no verdicts --------------------------------------------------------- */

static void killed_process_shows_its_live_blocks(void **state)
{
    writer.header.ending = TRACE_RUNNING;
    log_writer_block(&writer, 0x1000, 10, stack(0x100));
    log_writer_block(&writer, 0x2000, 2000, stack(0x200));
    log_writer_account(&writer, (struct trace_account){.thread = 1,
                                                       .allocations = 3,
                                                       .frees = 1,
                                                       .bytes_allocated = 2110,
                                                       .bytes_freed = 100});
    render(NULL);
    expect("It ended without recording how");
    expect("HEAP SUMMARY:\n"
           "    in use when it ended: 2,010 bytes in 2 blocks\n"
           "  total heap usage: 3 allocs, 1 frees, 2,110 bytes allocated\n"
           "\n"
           "10 bytes in 1 blocks are in use when it ended in record 1 of 2\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x200FF: ??? (in /none/prog)\n"
           "\n"
           "2,000 bytes in 1 blocks are in use when it ended in record 2 of 2\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x201FF: ??? (in /none/prog)\n"
           "\n"
           "Leak kinds are not known: the process ended before a leak check could be made.\n");
    expect_not("LEAK SUMMARY");
}

/* --- head ---------------------------------------------------------------- */

static void head_names_command_ending_losses_and_modules(void **state)
{
    writer.header.ending_value = 3;
    writer.header.losses.stacks_cut = 1234;
    add_leaks();
    render(NULL);
    expect("Log: trace.log\n"
           "Command: ./prog x\n"
           "It ended with exit status 3.\n"
           "Note: 1,234 call stacks are truncated: their outermost frames are missing.\n"
           "Note: /none/libtrace.so (build id none) could not be found: its frames have no "
           "names. If it ran in a container, --sysroot=PATH says where that one's files are.\n");
}

static void signal_is_named_in_valgrinds_words(void **state)
{
    writer.header.ending = TRACE_SIGNALED;
    writer.header.ending_value = 6;
    writer.header.ending_stack = log_writer_node(&writer, 0x20011, 0, program);
    render(NULL);
    expect("Process terminating with default action of signal 6 (SIGABRT)\n"
           "   at 0x20010: ??? (in /none/prog)\n");
}

static void fault_is_named_with_its_address(void **state)
{
    writer.header.ending = TRACE_SIGNALED;
    writer.header.ending_value = 11;
    writer.header.signal = (struct trace_signal){.code = 1, .address = 0xab};
    render(NULL);
    expect("signal 11 (SIGSEGV)\n Access not within mapped region at address 0xAB\n");
}

static void code_of_a_damaged_log_has_no_words(void **state)
{
    writer.header.ending = TRACE_SIGNALED;
    writer.header.ending_value = 8;
    writer.header.signal = (struct trace_signal){.code = 1000000, .address = 0xab};
    render(NULL);
    expect("signal 8 (SIGFPE)\n");
    expect_not("address 0x");
}

static void escape_sequences_do_not_reach_the_terminal(void **state)
{
    log_writer_command(&writer, "\033[31m\n", 7);
    render(NULL);
    expect_not("\033");
    expect("Command: ./prog x ?[31m?\n");
}

/* --- stacks -------------------------------------------------------------- */

static void cut_and_unknown_stacks_are_marked(void **state)
{
    log_writer_block(&writer, 0x1000, 10,
                     log_writer_node(&writer, 0x20011, TRACE_NODE_CUT, program));
    log_writer_block(&writer, 0x2000, 11, TRACE_NODE_END);
    log_writer_block(&writer, 0x3000, 12, log_writer_node(&writer, 0x99, 0, 0));
    render(NULL);
    expect("   at 0x20010: ??? (in /none/prog)\n"
           "   (the outer frames were not recorded)\n");
    expect("in record 2 of 3\n"
           "   at 0x0: ???\n");
    expect("in record 3 of 3\n"
           "   at 0x98: ???\n"
           "\n");
}

static void num_callers_bounds_the_stack(void **state)
{
    uint32_t node = TRACE_NODE_END;

    for (uint64_t i = 20; i > 0; i--)
        node = log_writer_node(&writer, 0x20000 + i, node, program);
    log_writer_block(&writer, 0x1000, 10, node);
    render("--num-callers=3", NULL);
    expect("   at 0x20000: ??? (in /none/prog)\n"
           "   by 0x20001: ??? (in /none/prog)\n"
           "   by 0x20002: ??? (in /none/prog)\n"
           "\n");
}

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

/* --- use of memory ------------------------------------------------------- */

static void add_count(uint64_t caller, uint32_t thread, uint64_t allocations, uint64_t bytes,
                      uint64_t temporary)
{
    log_writer_account(&writer, (struct trace_account){.thread = thread,
                                                       .stack = stack(caller),
                                                       .allocations = allocations,
                                                       .bytes_allocated = bytes,
                                                       .frees = 1,
                                                       .bytes_freed = bytes / 2,
                                                       .temporary = temporary,
                                                       .bytes_at_peak = (int64_t)bytes,
                                                       .blocks_at_peak = (int32_t)allocations,
                                                       .peak_epoch = 3});
}

/* Three stacks, of which the last has most bytes, and a peak that the second sample noticed. */
static void add_usage(void)
{
    add_count(0x100, 1, 50, 1000, 0);
    add_count(0x200, 1, 10, 3000, 9);
    add_count(0x300, 1, 2, 4000, 1);
    writer.header.totals = (struct trace_totals){62, 3, 0, 8000, 4000};
    writer.header.peak = (struct trace_peak){
        .bytes = 8000, .time_ns = 1500000000, .epoch = 3, .timed = 3, .quantum = 4096};
    log_writer_sample(&writer, (struct trace_sample){500000000, 2000, 3, 1048576});
    log_writer_sample(&writer, (struct trace_sample){1500000000, 4000, 2, 2097152});
    log_writer_thread(&writer, (struct trace_thread){.tid = 1});
}

static void peak_is_all_that_is_shown(void **state)
{
    add_usage();
    add_leaks();
    writer.header.totals = (struct trace_totals){62, 3, 0, 8000, 4000};
    render("--peak", NULL);
    expect("  total heap usage: 62 allocs, 3 frees, 8,000 bytes allocated\n"
           "\n"
           "PEAK MEMORY CONSUMERS:\n"
           "    peak heap usage: 8,000 bytes in 62 blocks\n"
           "    reached between 0.500 s and 1.500 s after the start\n"
           "    resident set then: about 2,097,152 bytes\n"
           "\n"
           "4,000 bytes (50.0%) in 2 blocks at the peak in stack 1 of 3\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x202FF: ??? (in /none/prog)\n"
           "\n"
           "3,000 bytes (37.5%) in 10 blocks at the peak in stack 2 of 3\n");
    expect("1,000 bytes (12.5%) in 50 blocks at the peak in stack 3 of 3\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x200FF: ??? (in /none/prog)\n"
           "\n"
           "For errors and leaks, add: --leak-check=full\n"
           "ERROR SUMMARY: 2 errors");
    expect_not("lost");
}

static void peak_beside_leaks_when_leaks_are_asked_for(void **state)
{
    add_usage();
    add_leaks();
    render("--peak", "--show-leak-kinds=all", NULL);
    expect("PEAK MEMORY CONSUMERS:\n");
    expect("still reachable in loss record");
    expect("LEAK SUMMARY:\n");
    expect_not("For errors and leaks");
}

static void nothing_of_it_unless_asked_for(void **state)
{
    add_usage();
    render(NULL);
    expect_not("PEAK");
    expect_not("TIMELINE");
    expect_not("in stack");
}

static void each_order_has_its_section(void **state)
{
    add_usage();
    render("--top=1,all", NULL);
    expect("MOST BYTES ALLOCATED:\n"
           "\n"
           "4,000 bytes (50.0%) allocated by 2 calls in stack 1 of 3\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x202FF: ??? (in /none/prog)\n"
           "\n"
           "2 more stacks have 50.0% of it.\n");
    expect("MOST CALLS TO ALLOCATION FUNCTIONS:\n"
           "\n"
           "50 calls (80.6%) allocated 1,000 bytes in stack 1 of 3\n");
    expect("MOST TEMPORARY ALLOCATIONS:\n"
           "    temporary allocations: 10 of 62 (16.1%), freed before the next one\n"
           "\n"
           "9 temporary allocations (90.0%) of 10 calls in stack 1 of 2\n"
           "   at 0x10100: ??? (in /none/libtrace.so)\n"
           "   by 0x201FF: ??? (in /none/prog)\n"
           "\n"
           "1 more stacks have 10.0% of it.\n");
    expect("MOST BYTES IN USE:\n"
           "\n"
           "2,000 bytes (50.0%) in 1 blocks in use at exit in stack 1 of 3\n");
    expect("PEAK MEMORY CONSUMERS:\n");
}

static void timeline_marks_the_peak(void **state)
{
    add_usage();
    render("--timeline", NULL);
    expect("TIMELINE:\n"
           "        time     bytes in use       blocks   resident bytes\n"
           "     0.500 s            2,000            3        1,048,576  ######\n"
           "     1.500 s            8,000           62        2,097,152  ########################"
           " <- peak\n"
           "     1.500 s            4,000            2        2,097,152  ############\n"
           "\n");
    expect_not("PEAK");
}

static void peak_of_several_threads_says_how_exact_it_is(void **state)
{
    add_usage();
    log_writer_thread(&writer, (struct trace_thread){.tid = 2});
    render("--peak", NULL);
    expect("about 2,097,152 bytes\n"
           "    exact to 4,096 bytes for each of 2 threads\n"
           "\n");
}

static void peak_after_the_last_sample_has_no_end(void **state)
{
    add_usage();
    writer.header.peak.epoch = 4;
    render("--peak", NULL);
    expect("    reached later than 1.500 s after the start\n");
}

static void quiet_leaves_what_was_asked_for(void **state)
{
    add_usage();
    render("-q", "--top", NULL);
    assert_int_equal(strncmp(text, "MOST BYTES ALLOCATED:\n", 22), 0);
    expect_not("ERROR SUMMARY");
}

static void program_that_allocated_nothing(void **state)
{
    render("--top=all", "--timeline", NULL);
    expect("PEAK MEMORY CONSUMERS:\n"
           "    nothing was allocated\n"
           "\n");
    expect("MOST TEMPORARY ALLOCATIONS:\n"
           "    there were none\n");
    expect("TIMELINE:\n"
           "    the log has no samples\n");
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)
    const struct CMUnitTest tests[] = {
        TEST(full_report_is_valgrinds),
        TEST(hidden_records_still_count_in_x_of_y),
        TEST(summary_mode_shows_no_records_and_counts_no_errors),
        TEST(leak_check_no_gives_advice_only),
        TEST(quiet_leaves_records_only),
        TEST(error_kinds_decide_what_counts),
        TEST(nothing_live_is_said_and_no_leak_summary),
        TEST(heuristics_are_listed_under_reachable),
        TEST(suppressed_head_takes_along_what_hangs_on_it),
        TEST(suppressed_record_that_is_no_error_is_not_counted_as_one),
        TEST(generated_suppressions_follow_their_records),
        TEST(killed_process_shows_its_live_blocks),
        TEST(head_names_command_ending_losses_and_modules),
        TEST(signal_is_named_in_valgrinds_words),
        TEST(fault_is_named_with_its_address),
        TEST(code_of_a_damaged_log_has_no_words),
        TEST(escape_sequences_do_not_reach_the_terminal),
        TEST(cut_and_unknown_stacks_are_marked),
        TEST(num_callers_bounds_the_stack),
        TEST(double_free_comes_with_three_stacks),
        TEST(place_of_a_bad_address_is_told),
        TEST(errors_of_one_context_are_one),
        TEST(each_kind_of_error_has_its_words),
        TEST(block_of_no_size_has_no_inside),
        TEST(error_list_shows_the_rarest_first),
        TEST(peak_is_all_that_is_shown),
        TEST(peak_beside_leaks_when_leaks_are_asked_for),
        TEST(nothing_of_it_unless_asked_for),
        TEST(each_order_has_its_section),
        TEST(timeline_marks_the_peak),
        TEST(peak_of_several_threads_says_how_exact_it_is),
        TEST(peak_after_the_last_sample_has_no_end),
        TEST(quiet_leaves_what_was_asked_for),
        TEST(program_that_allocated_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
