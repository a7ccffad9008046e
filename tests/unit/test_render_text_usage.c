/* The text of how memory was used (--peak, --top, --timeline), from synthetic logs. */
#include "rendered.h"

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
    const struct CMUnitTest tests[] = {
        RENDERED_TEST(peak_is_all_that_is_shown),
        RENDERED_TEST(peak_beside_leaks_when_leaks_are_asked_for),
        RENDERED_TEST(nothing_of_it_unless_asked_for),
        RENDERED_TEST(each_order_has_its_section),
        RENDERED_TEST(timeline_marks_the_peak),
        RENDERED_TEST(peak_of_several_threads_says_how_exact_it_is),
        RENDERED_TEST(peak_after_the_last_sample_has_no_end),
        RENDERED_TEST(quiet_leaves_what_was_asked_for),
        RENDERED_TEST(program_that_allocated_nothing),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
