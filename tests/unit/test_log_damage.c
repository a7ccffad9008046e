/* Damaged and hostile logs: whatever the bytes are, a report or a refusal, and never a crash. Run
 * under the sanitizers (make asan), this is where a read out of bounds shows. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>

#include "judge/own/old_blocks.h"
#include "cli/cli.h"
#include "read/load.h"
#include "log_writer.h"
#include "base/format.h"
#include "views/renderer.h"
#include "scratch.h"

static struct log_writer writer;
static const char *path;
static char *report_text;

/* One of everything. */
static int make_log(void **state)
{
    uint32_t stacks[6] = {0};

    log_writer_begin(&writer);
    writer.header.executable = log_writer_string(&writer, "/none/prog");
    log_writer_command(&writer, "./prog\0", 7);
    log_writer_generated(&writer, "1000 10 JS:*name x.js:1:1\n");
    struct trace_jitdump_load load[2] = {{.record = {.size = sizeof load}, .code_size = 16}};
    log_writer_jitdump(&writer, load, sizeof load);
    log_writer_pointers(&writer, (const unsigned char *)"\1\2\3\4\5\6\7", 7);
    log_writer_root(&writer, (struct trace_root){.kind = 1});
    log_writer_move(&writer, (struct trace_move){.stack = 2, .calls = 3, .moved = 2, .copied = 7});
    log_writer_age(&writer, 5, 2);
    log_writer_mapping(&writer, (struct trace_mapping){.begin = 0x7000, .end = 0x9000, .stack = 2});
    log_writer_stale(&writer, (struct trace_stale){.at = 8, .word = 16, .block = 16});
    uint32_t module = log_writer_module(&writer, "/none/prog", 0x20000, 0x1000);
    for (uint32_t i = 0; i < 6; i++)
        stacks[i] = log_writer_node(&writer, 0x20000 + 16 * i, i ? stacks[i - 1] : 0, module);
    for (uint32_t i = 0; i < 6; i++) {
        log_writer_block(&writer, 0x1000 * (i + 1), 100 * i, stacks[i]);
        log_writer_verdict(&writer, 0x1000 * (i + 1), 100 * i, stacks[i], i % 4, i ? i - 1 : 0);
    }
    log_writer_rare(&writer, 0x8000000, 1ull << 40, 0);
    log_writer_thread(&writer, (struct trace_thread){.tid = 1, .bad_frees = 6});
    for (uint64_t i = 1; i < 6; i++)
        log_writer_sample(&writer, (struct trace_sample){.time_ns = i, .live_bytes = 100 * i});
    log_writer_check(&writer, (struct trace_check){.scan = TRACE_SCAN_DONE, .time_ns = 4});
    log_writer_lost(&writer, (struct trace_lost){.where = 0x7000, .what = 24, .since = 1});
    log_writer_pointers(&writer, (const unsigned char[]){0x20, 2, 0, 2, 1, 0}, 6);
    log_writer_root(&writer, (struct trace_root){0});
    log_writer_name(&writer, 0x7000, 0, "block");
    log_writer_name(&writer, 0x6000, 0x2000, "region");
    log_writer_account(&writer, (struct trace_account){.thread = 1,
                                                       .stack = stacks[5],
                                                       .allocations = 6,
                                                       .bytes_allocated = 600,
                                                       .temporary = 1});
    for (uint64_t i = 1; i < 30; i++)
        log_writer_moment(&writer, i, (struct trace_growth[]){{1, 6, 100 * (int64_t)i}, {0, 1, -1}},
                          2);
    writer.header.peak = (struct trace_peak){.bytes = 600, .time_ns = 3};
    log_writer_error(&writer, (struct trace_error){.kind = TRACE_INVALID_FREE,
                                                   .address_kind = TRACE_ADDRESS_FREED_BLOCK,
                                                   .stack = stacks[5],
                                                   .stack_freed = stacks[4],
                                                   .stack_allocated = stacks[3]});
    for (uint64_t i = 1; i < 4; i++)
        log_writer_earlier(&writer, (struct trace_earlier){.start_realtime_ns = i,
                                                           .totals.allocations = i,
                                                           .length = 6,
                                                           .command = "sh\0-c"});
    writer.header.ending_stack = stacks[2];
    log_writer_finish(&writer);
    path = scratch_path("trace.log");
    return 0;
}

static int drop_log(void **state)
{
    log_writer_end(&writer);
    free(report_text);
    report_text = NULL;
    return 0;
}

static void render(struct log_reader *reader, const struct options *options)
{
    struct model model;
    struct loss_records records;
    struct selection selection;
    struct rankings rankings;
    struct old_blocks old;
    struct failure failure;
    struct module_cache *modules = module_cache_new(true);
    struct suppressions *suppressions = select_suppressions(options, &failure);
    size_t size;

    assert_non_null(suppressions);
    model_init(&model, path);
    model_want_history(&model);
    model_want_ages(&model);
    load_log(reader, options->num_callers, &model);
    struct symbolizer *symbolizer = symbolize_begin(&model, modules, NULL);
    group_blocks(&records, &model, 4);
    select_records(&selection, options, &model, &records, symbolizer, suppressions);
    rank_stacks(&rankings, options, &model, symbolizer);
    old_blocks_find(&old, options, &model);
    old_blocks_free(&old);
    struct growth_stacks *growth = growth_stacks_find(&model, options->top, symbolizer);
    symbolize_note(symbolizer);
    free(report_text);
    FILE *out = open_memstream(&report_text, &size);
    struct report report = {.options = options,
                            .model = &model,
                            .records = &records,
                            .selection = &selection,
                            .rankings = &rankings,
                            .growth = growth};
    renderer_prepare(&report);
    renderer_of(FORMAT_TEXT)->render(out, &report);
    fclose(out);
    rank_free(&rankings);
    growth_stacks_free(growth);
    group_free(&records);
    symbolize_end(symbolizer);
    model_free(&model);
    module_cache_free(modules);
    suppress_free(suppressions);
}

/* true: there is a report; false: the log was refused, in one line. */
static bool read_log(size_t size)
{
    static struct log_reader reader;
    struct options options;
    struct failure failure;
    char *arguments[] = {(char *)"leakreport", (char *)"--show-leak-kinds=all",
                         (char *)"-s",         (char *)"--top=all",
                         (char *)"--timeline", (char *)"--growth",
                         (char *)path,         NULL};

    log_writer_save(&writer, path, size);
    if (log_reader_open(&reader, path, NULL, &failure) != 0) {
        assert_non_null(strstr(failure.text, path));
        assert_null(strchr(failure.text, '\n'));
        return false;
    }
    assert_int_equal(cli_parse(&options, 7, arguments, &failure), 0);
    render(&reader, &options);
    options_free(&options);
    log_reader_close(&reader);
    return true;
}

static uint64_t next_random(uint64_t *seed)
{
    *seed ^= *seed << 13;
    *seed ^= *seed >> 7;
    *seed ^= *seed << 17;
    return *seed;
}

static void log_cut_anywhere_gives_a_report_or_a_line(void **state)
{
    uint64_t seed = 88172645463325252u;

    const struct trace_extent *last = log_writer_extent(&writer, TRACE_REGIONS, 0);
    for (size_t cut = 0; cut < last->offset + last->length; cut += 1 + next_random(&seed) % 700) {
        bool reported = read_log(cut);

        assert_int_equal(reported, cut >= TRACE_DATA_OFFSET);
        if (reported)
            assert_non_null(strstr(report_text, "is truncated at byte"));
    }
    assert_true(read_log(writer.size));
    assert_null(strstr(report_text, "is truncated at byte"));
}

static void log_cut_at_each_edge_of_a_table(void **state)
{
    for (unsigned kind = TRACE_STRINGS; kind < TRACE_TABLES_COUNT; kind++) {
        struct trace_extent *extent = log_writer_extent(&writer, kind, 0);

        if (!extent)
            fail_msg("the log of this test has no table %u", kind);
        for (int step = -1; step <= 1; step++) {
            assert_int_equal(read_log(extent->offset + step),
                             extent->offset + step >= TRACE_DATA_OFFSET);
            size_t end = extent->offset + extent->length + step;
            assert_true(end > writer.size || read_log(end) || end < TRACE_DATA_OFFSET);
        }
    }
}

/* Values that arithmetic stumbles over. */
static uint64_t hostile_value(uint64_t *seed)
{
    static const uint64_t values[] = {
        0,          1,          2,          3,          4095,
        4096,       0x7fffffff, 0x80000000, 0xffffffff, 1ull << 32,
        1ull << 47, 1ull << 60, INT64_MAX,  1ull << 63, UINT64_MAX - 4095,
        UINT64_MAX};
    uint64_t choice = next_random(seed);

    return choice % 8 == 0 ? choice : values[choice / 8 % (sizeof values / sizeof *values)];
}

/* Where a word of the log is worth damaging: the header, the directory's used part, a table. */
static size_t hostile_place(uint64_t *seed)
{
    uint64_t choice = next_random(seed);

    switch (choice % 4) {
    case 0:
        return 24 + choice / 4 % (sizeof(struct trace_header) - 32);
    case 1:
        return TRACE_DIRECTORY_OFFSET + choice / 4 % (writer.extents * sizeof(struct trace_extent));
    default: {
        const struct trace_extent *extents = (void *)(writer.bytes + TRACE_DIRECTORY_OFFSET);
        unsigned table = (unsigned)(choice / 4 % (writer.extents));

        return (extents[table].offset + choice / 64 % 160) % (writer.size - 8);
    }
    }
}

static void hostile_words_anywhere_do_no_harm(void **state)
{
    uint64_t seed = 0x9e3779b97f4a7c15u;
    unsigned reports = 0;

    for (int round = 0; round < 1500; round++) {
        unsigned char *good = memcpy(malloc(writer.size), writer.bytes, writer.size);

        for (uint64_t i = 0, count = 1 + next_random(&seed) % 6; i < count; i++) {
            uint64_t value = hostile_value(&seed);
            size_t place = hostile_place(&seed) & ~(size_t)(next_random(&seed) % 2 ? 7 : 3);

            memcpy(writer.bytes + place, &value, next_random(&seed) % 2 ? 8 : 4);
        }
        reports += read_log(writer.size);
        memcpy(writer.bytes, good, writer.size);
        free(good);
    }
    assert_true(reports > 1000);
}

static void garbage_in_all_tables_does_no_harm(void **state)
{
    uint64_t seed = 0x2545f4914f6cdd1du;

    for (int round = 0; round < 60; round++) {
        for (size_t at = TRACE_DATA_OFFSET; at + 8 <= writer.size; at += 8) {
            uint64_t value = next_random(&seed);

            memcpy(writer.bytes + at, &value, 8);
        }
        assert_true(read_log(writer.size));
    }
}

/* 8 MiB of nodes, each the child of the one before: named by blocks, this would be 10^11 frames. */
static void chain_of_deep_stacks_needs_no_more_memory_than_its_file(void **state)
{
    enum { NODES = 250000 };
    struct rusage before, after;
    uint32_t node = TRACE_NODE_END;

    getrusage(RUSAGE_SELF, &before);
    log_writer_end(&writer);
    log_writer_begin(&writer);
    struct trace_node *nodes = calloc(NODES, sizeof *nodes);
    for (uint32_t i = TRACE_NODE_FIRST; i < NODES; i++)
        nodes[i] = (struct trace_node){.address = 0x1000 + i, .parent = i - 1};
    nodes[TRACE_NODE_FIRST].parent = TRACE_NODE_END;
    writer.tables[TRACE_NODES].bytes = (unsigned char *)nodes;
    writer.tables[TRACE_NODES].size = NODES * sizeof *nodes;
    for (node = TRACE_NODE_FIRST; node < NODES; node++)
        log_writer_slot(&writer, 0x1000ull * node,
                        TRACE_SLOT_TAKEN | (uint64_t)node << TRACE_SLOT_ACCOUNT_SHIFT |
                            8ull << TRACE_SLOT_SIZE_SHIFT);
    log_writer_finish(&writer);
    assert_true(read_log(writer.size));
    getrusage(RUSAGE_SELF, &after);
#ifndef __SANITIZE_ADDRESS__
    assert_true(after.ru_maxrss - before.ru_maxrss < 1024 * 1024);
#endif
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)
    const struct CMUnitTest tests[] = {
        TEST(log_cut_anywhere_gives_a_report_or_a_line),
        TEST(log_cut_at_each_edge_of_a_table),
        TEST(hostile_words_anywhere_do_no_harm),
        TEST(garbage_in_all_tables_does_no_harm),
        TEST(chain_of_deep_stacks_needs_no_more_memory_than_its_file),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
