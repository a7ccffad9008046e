/* What ACCOUNTS, the header's peak and TIMELINE mean: sums over threads, the epoch's rule, samples.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "read/load.h"
#include "log_writer.h"
#include "scratch.h"

static struct log_writer writer;
static struct log_reader reader;
static struct model model;
static const char *path;
static uint32_t node;

static int make_log(void **state)
{
    log_writer_begin(&writer);
    node = log_writer_node(&writer, 0x1000, TRACE_NODE_END, 0);
    path = scratch_path("trace.log");
    return 0;
}

static int drop_log(void **state)
{
    model_free(&model);
    log_writer_end(&writer);
    return 0;
}

static void load_depth(uint32_t depth)
{
    struct failure failure;

    log_writer_finish(&writer);
    log_writer_save(&writer, path, writer.size);
    assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
    model_init(&model, path);
    model_want_usage(&model);
    load_log(&reader, depth, &model);
    log_reader_close(&reader);
}

/* The stacks that did something, by their number of allocations; NULL: none has this many. */
static const struct stack_use *use_with(uint64_t allocations)
{
    for (uint32_t i = 0; i < model.usage->stack_count; i++)
        if (model.usage->stacks[i].allocations == allocations)
            return &model.usage->stacks[i];
    return NULL;
}

static void count(uint32_t thread, uint32_t stack, uint64_t allocations, uint64_t bytes)
{
    log_writer_account(&writer, (struct trace_account){.thread = thread,
                                                       .stack = stack,
                                                       .allocations = allocations,
                                                       .bytes_allocated = bytes});
}

static void stack_is_the_sum_over_its_threads(void **state)
{
    writer.header.peak.epoch = 1;
    log_writer_account(&writer, (struct trace_account){.thread = 1,
                                                       .stack = node,
                                                       .allocations = 10,
                                                       .bytes_allocated = 1000,
                                                       .temporary = 2});
    /* Frees what the other one made: on its own it is below zero. */
    log_writer_account(&writer, (struct trace_account){.thread = 2,
                                                       .stack = node,
                                                       .allocations = 1,
                                                       .frees = 7,
                                                       .bytes_allocated = 50,
                                                       .bytes_freed = 700,
                                                       .temporary = 1});
    load_depth(12);
    const struct stack_use *use = use_with(11);
    assert_non_null(use);
    assert_int_equal(use->frees, 7);
    assert_int_equal(use->bytes_allocated, 1050);
    assert_int_equal(use->bytes_freed, 700);
    assert_int_equal(use->temporary, 3);
    assert_int_equal(use->bytes_at_peak, 350);
    assert_int_equal(use->blocks_at_peak, 4);
}

static void record_of_the_peaks_epoch_has_its_share_saved(void **state)
{
    struct trace_account record = {.thread = 1,
                                   .stack = node,
                                   .allocations = 9,
                                   .frees = 9,
                                   .bytes_allocated = 900,
                                   .bytes_freed = 900,
                                   .bytes_at_peak = 500,
                                   .blocks_at_peak = 5,
                                   .peak_epoch = 7};

    writer.header.peak.epoch = 7;
    log_writer_account(&writer, record);
    load_depth(12);
    assert_int_equal(use_with(9)->bytes_at_peak, 500);
    assert_int_equal(use_with(9)->blocks_at_peak, 5);
}

static void record_of_an_older_epoch_has_not_changed_since(void **state)
{
    struct trace_account record = {.thread = 1,
                                   .stack = node,
                                   .allocations = 9,
                                   .frees = 3,
                                   .bytes_allocated = 900,
                                   .bytes_freed = 300,
                                   .bytes_at_peak = 500,
                                   .blocks_at_peak = 5,
                                   .peak_epoch = 6};

    writer.header.peak.epoch = 7;
    log_writer_account(&writer, record);
    load_depth(12);
    assert_int_equal(use_with(9)->bytes_at_peak, 600);
    assert_int_equal(use_with(9)->blocks_at_peak, 6);
}

/* A running program goes on while its log is read. The epoch comes round, too. */
static void record_of_a_later_epoch_was_saved_while_we_read(void **state)
{
    struct trace_account record = {.thread = 1,
                                   .stack = node,
                                   .allocations = 9,
                                   .bytes_allocated = 900,
                                   .bytes_at_peak = 500,
                                   .blocks_at_peak = -5,
                                   .peak_epoch = 1};

    writer.header.peak.epoch = UINT32_MAX;
    log_writer_account(&writer, record);
    load_depth(12);
    assert_int_equal(use_with(9)->bytes_at_peak, 500);
    assert_int_equal((int64_t)use_with(9)->blocks_at_peak, -5);
}

static void stacks_that_are_equal_to_the_depth_are_one(void **state)
{
    uint32_t outer[2] = {log_writer_node(&writer, 0x2000, TRACE_NODE_END, 0),
                         log_writer_node(&writer, 0x3000, TRACE_NODE_END, 0)};

    for (int i = 0; i < 2; i++)
        count(1, log_writer_node(&writer, 0x1000, outer[i], 0), 5, 50);
    load_depth(1);
    assert_int_equal(use_with(10)->bytes_allocated, 100);
    model_free(&model);
    free(writer.bytes);
    writer.bytes = NULL;
    writer.extents = 0;
    load_depth(2);
    assert_null(use_with(10));
    assert_non_null(use_with(5));
}

static void records_that_were_never_committed_are_left_out(void **state)
{
    count(0, node, 77, 7777);
    count(1, 0, 5, 50);
    load_depth(12);
    assert_null(use_with(77));
    assert_ptr_equal(use_with(5), &model.usage->stacks[0]); /* the unknown stack */
}

static void sample(uint64_t time, uint64_t bytes)
{
    log_writer_sample(&writer, (struct trace_sample){.time_ns = time, .live_bytes = bytes});
}

/* As the tracer leaves them for a moment when it halves its table. */
static void samples_are_ordered_and_doubles_dropped(void **state)
{
    static const uint64_t times[] = {20, 40, 60, 40, 50, 60, 0, 10};

    for (size_t i = 0; i < sizeof times / sizeof *times; i++)
        sample(times[i], times[i] * 100);
    load_depth(12);
    assert_int_equal(model.usage->sample_count, 5);
    for (uint32_t i = 0; i < 5; i++) {
        static const uint64_t expected[] = {10, 20, 40, 50, 60};

        assert_int_equal(model.usage->samples[i].time_ns, expected[i]);
        assert_int_equal(model.usage->samples[i].live_bytes, expected[i] * 100);
    }
}

static void threads_are_counted(void **state)
{
    log_writer_thread(&writer, (struct trace_thread){.tid = 8});
    log_writer_thread(&writer, (struct trace_thread){.tid = 0});
    log_writer_thread(&writer, (struct trace_thread){.tid = 9});
    load_depth(12);
    assert_int_equal(model.usage->threads, 2);
}

static void log_without_any_of_it(void **state)
{
    load_depth(12);
    assert_int_equal(model.usage->sample_count, 0);
    assert_int_equal(model.usage->threads, 0);
    assert_null(use_with(1));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)
    const struct CMUnitTest tests[] = {
        TEST(stack_is_the_sum_over_its_threads),
        TEST(record_of_the_peaks_epoch_has_its_share_saved),
        TEST(record_of_an_older_epoch_has_not_changed_since),
        TEST(record_of_a_later_epoch_was_saved_while_we_read),
        TEST(stacks_that_are_equal_to_the_depth_are_one),
        TEST(records_that_were_never_committed_are_left_out),
        TEST(samples_are_ordered_and_doubles_dropped),
        TEST(threads_are_counted),
        TEST(log_without_any_of_it),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
