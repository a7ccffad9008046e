/* The report's text, to the letter: valgrind's words, from synthetic logs. */
#include "rendered.h"

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

int main(void)
{
    const struct CMUnitTest tests[] = {
        RENDERED_TEST(full_report_is_valgrinds),
        RENDERED_TEST(hidden_records_still_count_in_x_of_y),
        RENDERED_TEST(summary_mode_shows_no_records_and_counts_no_errors),
        RENDERED_TEST(leak_check_no_gives_advice_only),
        RENDERED_TEST(quiet_leaves_records_only),
        RENDERED_TEST(error_kinds_decide_what_counts),
        RENDERED_TEST(nothing_live_is_said_and_no_leak_summary),
        RENDERED_TEST(heuristics_are_listed_under_reachable),
        RENDERED_TEST(suppressed_head_takes_along_what_hangs_on_it),
        RENDERED_TEST(suppressed_record_that_is_no_error_is_not_counted_as_one),
        RENDERED_TEST(generated_suppressions_follow_their_records),
        RENDERED_TEST(killed_process_shows_its_live_blocks),
        RENDERED_TEST(head_names_command_ending_losses_and_modules),
        RENDERED_TEST(signal_is_named_in_valgrinds_words),
        RENDERED_TEST(fault_is_named_with_its_address),
        RENDERED_TEST(code_of_a_damaged_log_has_no_words),
        RENDERED_TEST(escape_sequences_do_not_reach_the_terminal),
        RENDERED_TEST(cut_and_unknown_stacks_are_marked),
        RENDERED_TEST(num_callers_bounds_the_stack),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
