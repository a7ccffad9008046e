/* What a log's file may look like, and what the reader makes of it. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "read/log_reader.h"
#include "log_writer.h"
#include "scratch.h"

static struct log_writer writer;
static struct log_reader reader;
static struct failure failure;
static const char *path;

static int make_log(void **state)
{
    log_writer_begin(&writer);
    writer.records_per_extent = 256;
    writer.header.executable = log_writer_string(&writer, "/bin/prog");
    log_writer_command(&writer, "prog\0arg\0", 9);
    for (uint32_t i = 0; i < 600; i++)
        log_writer_node(&writer, 0x1000 + i, 0, 0);
    log_writer_block(&writer, 0x5000, 10, 2);
    log_writer_finish(&writer);
    path = scratch_path("trace.log");
    return 0;
}

static int drop_log(void **state)
{
    log_reader_close(&reader);
    log_writer_end(&writer);
    return 0;
}

static int open_cut(size_t size)
{
    log_reader_close(&reader);
    log_writer_save(&writer, path, size);
    return log_reader_open(&reader, path, NULL, &failure);
}

static int open_whole(void)
{
    return open_cut(writer.size);
}

static struct trace_header *header(void)
{
    return (void *)writer.bytes;
}

static void expect_failure(const char *text)
{
    assert_int_equal(open_whole(), -1);
    if (!strstr(failure.text, text))
        fail_msg("«%s» is not in «%s»", text, failure.text);
    assert_null(strchr(failure.text, '\n'));
}

static void expect_damage(uint32_t count, const char *text)
{
    assert_int_equal(open_whole(), 0);
    assert_int_equal(reader.damage_count, count);
    if (count && !strstr(reader.damage[0], text))
        fail_msg("«%s» is not in «%s»", text, reader.damage[0]);
}

static void records_are_found_across_extents(void **state)
{
    struct trace_node node;
    struct trace_verdict verdict;

    assert_int_equal(open_whole(), 0);
    assert_int_equal(reader.damage_count, 0);
    for (uint32_t i = 0; i < 600; i++) {
        assert_true(log_reader_copy(&reader, TRACE_NODES, i + 2, &node));
        assert_int_equal(node.address, 0x1000 + i);
    }
    assert_false(log_reader_copy(&reader, TRACE_NODES, 1 << 20, &node));
    assert_false(log_reader_copy(&reader, TRACE_NODES, UINT64_MAX, &node));
    assert_false(log_reader_copy(&reader, TRACE_VERDICTS, 0, &verdict));
}

static void string_is_the_bytes_written(void **state)
{
    assert_int_equal(open_whole(), 0);
    assert_memory_equal(log_reader_string(&reader, reader.header.executable), "/bin/prog", 9);
}

static void string_outside_of_its_table_is_none(void **state)
{
    assert_int_equal(open_whole(), 0);
    assert_null(
        log_reader_string(&reader, (struct trace_string){.offset = 1ull << 60, .length = 1}));
    assert_null(log_reader_string(&reader, (struct trace_string){.offset = 4000, .length = 4000}));
    assert_null(
        log_reader_string(&reader, (struct trace_string){.offset = 1, .length = UINT32_MAX}));
    assert_null(log_reader_string(&reader, (struct trace_string){.offset = 1, .length = 0}));
}

static void file_cut_before_the_tables_is_refused_with_its_end(void **state)
{
    static const size_t ends[] = {1, 7, 8, 9, 375, 376, 4095, 4096, 4128, TRACE_DATA_OFFSET - 1};
    char expected[64];

    for (size_t i = 0; i < sizeof ends / sizeof *ends; i++) {
        assert_int_equal(open_cut(ends[i]), -1);
        snprintf(expected, sizeof expected, "it ends at byte %zu", ends[i]);
        assert_non_null(strstr(failure.text, expected));
    }
}

static void file_cut_in_a_table_keeps_what_is_there(void **state)
{
    struct trace_extent *nodes = log_writer_extent(&writer, TRACE_NODES, 0);
    struct trace_node node;
    size_t end = nodes->offset + 10 * sizeof(struct trace_node) + 3;

    assert_int_equal(open_cut(end), 0);
    assert_true(log_reader_copy(&reader, TRACE_NODES, 9, &node));
    assert_false(log_reader_copy(&reader, TRACE_NODES, 10, &node));
    assert_true(reader.damage_count >= 1);
    char expected[64];
    snprintf(expected, sizeof expected,
             "truncated at byte %zu: 246 of the 256 records of table NODES", end);
    assert_non_null(strstr(reader.damage[0], expected));
}

static void empty_file_is_refused(void **state)
{
    assert_int_equal(open_cut(0), -1);
    assert_non_null(strstr(failure.text, "is empty (0 bytes)"));
}

static void missing_file_directory_and_device_are_refused(void **state)
{
    static const struct {
        const char *path, *text;
    } cases[] = {
        {"/nonexistent/trace.log", "does not exist"},
        {"/tmp", "is a directory: name the log inside it, as in /tmp/trace.log"},
        {"/dev/zero", "a character device"},
        {"/dev/null", "a character device"},
    };

    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        assert_int_equal(log_reader_open(&reader, cases[i].path, NULL, &failure), -1);
        assert_non_null(strstr(failure.text, cases[i].text));
    }
}

static void wrong_magic_is_refused(void **state)
{
    header()->magic[3] = 'X';
    expect_failure("byte 0 should begin \"leaklog\"");
}

static void log_that_was_never_begun_is_refused(void **state)
{
    memset(writer.bytes, 0, TRACE_MAGIC_SIZE);
    expect_failure("bytes 0 to 7 are zero");
}

static void elf_file_is_known_as_one(void **state)
{
    enum log_likeness likeness = LOG_IS_LOG;

    assert_int_equal(log_reader_open(&reader, "/proc/self/exe", &likeness, &failure), -1);
    assert_int_equal(likeness, LOG_IS_ELF);
}

static void newer_version_is_refused_by_number(void **state)
{
    header()->version = TRACE_VERSION + 1;
    expect_failure("written by a newer libtrace, version 9 (byte 8); this leakreport reads 8: use "
                   "the leakreport that came with it");
}

static void version_0_is_refused(void **state)
{
    header()->version = 0;
    expect_failure("has version 0 (byte 8)");
}

static void other_byte_order_is_refused(void **state)
{
    header()->byte_order = __builtin_bswap32(TRACE_BYTE_ORDER);
    header()->version = __builtin_bswap32(TRACE_VERSION);
    expect_failure("other byte order (byte 12)");
}

static void wrong_sizes_in_the_header_are_refused(void **state)
{
    header()->header_size = 12;
    expect_failure("damaged at byte 16");
    header()->header_size = sizeof(struct trace_header);
    header()->extents_max = 1u << 30;
    expect_failure("damaged at byte 20");
}

static void senseless_extent_is_left_out(void **state)
{
    struct trace_extent *extent = log_writer_extent(&writer, TRACE_NODES, 0);
    struct trace_extent good = *extent;
    char expected[64];

    snprintf(expected, sizeof expected, "damaged at byte %zu: entry",
             (size_t)((unsigned char *)extent - writer.bytes));
    *extent = good, extent->kind = 77;
    expect_damage(1, expected);
    *extent = good, extent->offset = 4096;
    expect_damage(1, expected);
    *extent = good, extent->offset += 8;
    expect_damage(1, expected);
    *extent = good, extent->length = 0;
    expect_damage(1, expected);
    *extent = good, extent->length = UINT64_MAX;
    expect_damage(1, expected);
    *extent = good, extent->first = 1ull << 60;
    expect_damage(1, expected);
}

static void extent_behind_the_end_holds_nothing(void **state)
{
    struct trace_extent *extent = log_writer_extent(&writer, TRACE_BLOCKS, 0);
    uint32_t count;

    extent->offset = 1ull << 40;
    expect_damage(1, "512 of the 512 records of table BLOCKS at byte 1099511627776 are missing");
    log_reader_extents(&reader, TRACE_BLOCKS, &count);
    assert_int_equal(count, 0);
}

static void extent_of_2_to_the_60_bytes_is_cut_to_the_file(void **state)
{
    struct trace_extent *extent = log_writer_extent(&writer, TRACE_REGIONS, 0); /* the last one */
    uint32_t count;

    extent->length = 1ull << 60;
    expect_damage(1, "is truncated at byte");
    const struct log_extent *regions = log_reader_extents(&reader, TRACE_REGIONS, &count);
    assert_int_equal(count, 1);
    assert_true(regions->count * sizeof(struct trace_region) <= writer.size);
}

static void extents_on_one_another_are_left_out(void **state)
{
    struct trace_extent *first = log_writer_extent(&writer, TRACE_NODES, 0);
    struct trace_extent *blocks = log_writer_extent(&writer, TRACE_BLOCKS, 0);

    blocks->offset = first->offset;
    expect_damage(1, "overlaps another table");
}

static void extents_with_the_same_records_are_left_out(void **state)
{
    log_writer_extent(&writer, TRACE_NODES, 1)->first = 10;
    expect_damage(1, "overlaps its own records");
    struct trace_node node;
    assert_true(log_reader_copy(&reader, TRACE_NODES, 10, &node));
    assert_int_equal(node.address, 0x1008);
}

static void a_walk_gives_the_records_of_all_extents(void **state)
{
    struct log_walk walk;
    struct trace_node node;
    uint64_t records = 0;
    uint32_t count;

    assert_int_equal(open_whole(), 0);
    assert_non_null(log_reader_extents(&reader, TRACE_NODES, &count));
    assert_int_equal(count, 3);
    for (walk = log_reader_walk(&reader, TRACE_NODES); log_reader_next(&walk, &node); records++) {
        assert_int_equal(walk.index, records);
        if (walk.index >= TRACE_NODE_FIRST && walk.index < TRACE_NODE_FIRST + 600)
            assert_int_equal(node.address, 0x1000 + walk.index - TRACE_NODE_FIRST);
    }
    assert_true(records >= TRACE_NODE_FIRST + 600);
}

#if defined(__SANITIZE_THREAD__)
#define HOLE_BITS 36 /* what ThreadSanitizer leaves of the address space */
#else
#define HOLE_BITS 40
#endif

/* A terabyte of BLOCKS, of which two pages are there: the first one, and one in the middle. */
static void holes_of_the_file_are_passed_over(void **state)
{
    const uint64_t tera = 1ull << HOLE_BITS, middle = tera / 2;
    struct trace_extent *blocks = log_writer_extent(&writer, TRACE_BLOCKS, 0);
    const uint64_t base = LOG_WRITER_SLOTS / sizeof(uint64_t);
    uint64_t block = 0x7000;
    uint64_t offset = blocks->offset;

    blocks->length = tera;
    log_writer_save(&writer, path, writer.size);
    int fd = open(path, O_WRONLY | O_CLOEXEC);
    assert_int_equal(ftruncate(fd, (off_t)(offset + tera)), 0);
    assert_int_equal(pwrite(fd, &block, sizeof block, (off_t)(offset + middle)), sizeof block);
    close(fd);
    assert_int_equal(log_reader_open(&reader, path, NULL, &failure), 0);
    struct log_walk walk = log_reader_walk(&reader, TRACE_BLOCKS);
    assert_int_equal(walk.last - walk.extent, 1);
    assert_true(log_reader_next(&walk, &block));
    assert_int_equal(walk.index, base);
    assert_in_range(walk.end, 1, 1 << 20);
    walk.k = walk.end;
    assert_true(log_reader_next(&walk, &block));
    assert_in_range(walk.index, base + middle / sizeof block - (1 << 20),
                    base + middle / sizeof block);
    assert_in_range(walk.end, middle / sizeof block + 1, middle / sizeof block + (1 << 20));
    while (walk.index < base + middle / sizeof block)
        assert_true(log_reader_next(&walk, &block));
    assert_int_equal(walk.index, base + middle / sizeof block);
    assert_int_equal(block, 0x7000);
    walk.k = walk.end;
    assert_false(log_reader_next(&walk, &block));
}

static bool whole_file_was_read;

static void read_what_is_cut_off(void *context)
{
    uint32_t count;
    const struct log_extent *extents = log_reader_extents(context, TRACE_NODES, &count);
    const volatile struct trace_node *node = (const void *)extents[0].bytes;

    node += 2;
    assert_int_equal(node->address, 0x1000);
    assert_int_equal(truncate(path, TRACE_DATA_OFFSET), 0);
    if (node->address == 0x1000)
        whole_file_was_read = true;
}

static void file_that_shrinks_while_it_is_read_is_a_failure(void **state)
{
    struct failure why;

    assert_int_equal(open_whole(), 0);
    assert_int_equal(log_file_guard(&reader.file, read_what_is_cut_off, &reader, &why), -1);
    assert_false(whole_file_was_read);
    assert_non_null(strstr(why.text, path));
    assert_non_null(strstr(why.text, "was truncated while it was being read"));
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_log, drop_log)
    const struct CMUnitTest tests[] = {
        TEST(records_are_found_across_extents),
        TEST(string_is_the_bytes_written),
        TEST(string_outside_of_its_table_is_none),
        TEST(file_cut_before_the_tables_is_refused_with_its_end),
        TEST(file_cut_in_a_table_keeps_what_is_there),
        TEST(empty_file_is_refused),
        TEST(missing_file_directory_and_device_are_refused),
        TEST(wrong_magic_is_refused),
        TEST(log_that_was_never_begun_is_refused),
        TEST(elf_file_is_known_as_one),
        TEST(newer_version_is_refused_by_number),
        TEST(version_0_is_refused),
        TEST(other_byte_order_is_refused),
        TEST(wrong_sizes_in_the_header_are_refused),
        TEST(senseless_extent_is_left_out),
        TEST(extent_behind_the_end_holds_nothing),
        TEST(extent_of_2_to_the_60_bytes_is_cut_to_the_file),
        TEST(extents_on_one_another_are_left_out),
        TEST(extents_with_the_same_records_are_left_out),
        TEST(a_walk_gives_the_records_of_all_extents),
        TEST(holes_of_the_file_are_passed_over),
        TEST(file_that_shrinks_while_it_is_read_is_a_failure),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
