/* Samples thinned to a screen, and the peak between them. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/timeline.h"

static struct model model;
static struct timeline timeline;

static int make_model(void **state)
{
    model_init(&model, "trace.log");
    model_want_usage(&model);
    return 0;
}

static int drop_model(void **state)
{
    model_free(&model);
    return 0;
}

static void sample(uint64_t time, uint64_t bytes, uint64_t resident)
{
    struct usage *usage = model.usage;

    usage->samples =
        memory_resized(usage->samples, usage->sample_count + 1, sizeof *usage->samples);
    usage->samples[usage->sample_count++] = (struct trace_sample){time, bytes, 1, resident};
}

static void few_samples_are_all_rows(void **state)
{
    sample(100, 5, 0);
    sample(200, 9, 0);
    sample(300, 2, 0);
    timeline_make(&timeline, &model);
    assert_int_equal(timeline.count, 3);
    assert_int_equal(timeline.rows[1].sample.live_bytes, 9);
    assert_false(timeline.rows[1].is_peak);
}

static void no_sample_no_row(void **state)
{
    model.header.peak.bytes = 5;
    timeline_make(&timeline, &model);
    assert_int_equal(timeline.count, 0);
}

/* A high of one sample among a thousand stays, and so does the end. */
static void many_samples_keep_their_highs_and_the_last(void **state)
{
    bool high = false;

    for (uint64_t i = 1; i <= 1000; i++)
        sample(i * 1000, i == 320 ? 5000 : i % 7, 0);
    timeline_make(&timeline, &model);
    assert_in_range(timeline.count, TIMELINE_PARTS, TIMELINE_ROWS_MAX - 1);
    for (uint32_t i = 0; i < timeline.count; i++) {
        high |= timeline.rows[i].sample.live_bytes == 5000;
        if (i)
            assert_true(timeline.rows[i].sample.time_ns > timeline.rows[i - 1].sample.time_ns);
    }
    assert_true(high);
    assert_int_equal(timeline.rows[timeline.count - 1].sample.time_ns, 1000000);
}

static void times_at_the_end_of_the_range_fit(void **state)
{
    for (uint64_t i = 0; i < 1000; i++)
        sample(UINT64_MAX - 1000 + i, UINT64_MAX, UINT64_MAX);
    sample(UINT64_MAX, 1, 1);
    model.header.peak = (struct trace_peak){.bytes = 1, .time_ns = UINT64_MAX};
    timeline_make(&timeline, &model);
    assert_int_equal(timeline.count, 3);
}

static void peak_stands_before_the_sample_that_noticed_it(void **state)
{
    sample(100, 5, 1000);
    sample(200, 9, 4000);
    sample(300, 2, 3000);
    sample(400, 2, 9000);
    model.header.peak = (struct trace_peak){.bytes = 77, .time_ns = 300, .epoch = 4, .timed = 4};
    timeline_make(&timeline, &model);
    assert_int_equal(timeline.count, 5);
    assert_true(timeline.rows[2].is_peak);
    assert_int_equal(timeline.rows[2].sample.live_bytes, 77);
    assert_int_equal(timeline.rows[2].sample.time_ns, 300);
    struct timeline_peak peak = timeline_peak(&model);
    assert_int_equal(peak.after_ns, 200);
    assert_int_equal(peak.before_ns, 300);
    assert_int_equal(peak.resident_bytes, 4000);
}

/* Killed before the next sample: the time that is in the log is an older peak's. */
static void peak_that_no_sample_noticed_stands_last(void **state)
{
    sample(100, 5, 1000);
    sample(200, 9, 2000);
    model.header.peak = (struct trace_peak){.bytes = 77, .time_ns = 100, .epoch = 5, .timed = 4};
    timeline_make(&timeline, &model);
    assert_int_equal(timeline.count, 3);
    assert_true(timeline.rows[2].is_peak);
    struct timeline_peak peak = timeline_peak(&model);
    assert_int_equal(peak.after_ns, 200);
    assert_int_equal(peak.before_ns, 0);
    assert_int_equal(peak.resident_bytes, 2000);
}

static void peak_before_the_first_sample(void **state)
{
    sample(100, 5, 1000);
    model.header.peak = (struct trace_peak){.bytes = 77, .time_ns = 100};
    struct timeline_peak peak = timeline_peak(&model);
    assert_int_equal(peak.after_ns, 0);
    assert_int_equal(peak.resident_bytes, 1000);
}

static void negative_peaks_are_none(void **state)
{
    sample(100, 5, 1000);
    model.header.peak = (struct trace_peak){.bytes = -5};
    timeline_make(&timeline, &model);
    assert_int_equal(timeline.count, 1);
    assert_int_equal(timeline_peak(&model).bytes, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_model, drop_model)
    const struct CMUnitTest tests[] = {
        TEST(few_samples_are_all_rows),
        TEST(no_sample_no_row),
        TEST(many_samples_keep_their_highs_and_the_last),
        TEST(times_at_the_end_of_the_range_fit),
        TEST(peak_stands_before_the_sample_that_noticed_it),
        TEST(peak_that_no_sample_noticed_stands_last),
        TEST(peak_before_the_first_sample),
        TEST(negative_peaks_are_none),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
