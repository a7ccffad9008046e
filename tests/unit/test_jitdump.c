/* Records of a jitdump: loads, moves, lines, and damage anywhere. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>
#include "symbols/jitdump.h"
#include "trace_format.h"

static char records[4096];
static size_t used;

static void add(const void *bytes, size_t size)
{
    memcpy(records + used, bytes, size);
    used += size;
}

static void add_load(uint64_t address, uint64_t index, const char *name)
{
    struct trace_jitdump_load load = {
        .record = {TRACE_JITDUMP_LOAD, (uint32_t)(sizeof load + strlen(name) + 1), 0},
        .address = address,
        .code_size = 0x100,
        .index = index};

    add(&load, sizeof load);
    add(name, strlen(name) + 1);
}

static void add_move(uint64_t index, uint64_t to)
{
    struct trace_jitdump_move move = {.record = {TRACE_JITDUMP_MOVE, sizeof move, 0},
                                      .to = to,
                                      .code_size = 0x100,
                                      .index = index};

    add(&move, sizeof move);
}

/* Two lines, the second with the path of the first. */
static void add_lines(uint64_t address, uint64_t shift)
{
    struct trace_jitdump_line line = {address + shift, 10, 0};
    struct trace_jitdump_lines lines = {
        .record = {TRACE_JITDUMP_LINES, sizeof lines + 2 * sizeof line + 7, 0},
        .address = address,
        .count = 2};

    add(&lines, sizeof lines);
    add(&line, sizeof line);
    add("/x.y", 5);
    line = (struct trace_jitdump_line){address + shift + 0x20, 12, 0};
    add(&line, sizeof line);
    add("\xff", 2);
}

static const struct jitdump_code *at(const struct jitdump_code *codes, size_t count, uint64_t start)
{
    for (size_t i = 0; i < count; i++)
        if (codes[i].start == start)
            return &codes[i];
    return NULL;
}

static unsigned line_of(const struct jitdump_code *code, uint64_t address)
{
    const char *path;
    unsigned line;

    if (!jitdump_line(code, address, &path, &line))
        return 0;
    assert_string_equal(path, "/x.y");
    return line;
}

/* Of code itself, or of the ELF file that perf makes of it. */
static void lines_are_found(uint64_t shift)
{
    size_t count;

    used = 0;
    add_load(0x5000, 1, "without");
    add_lines(0x1000, shift);
    add_load(0x1000, 2, "with");
    add_lines(0x1000, shift);
    add_load(0x3000, 3, "another's");
    struct jitdump_code *codes = jitdump_read(records, used, &count);
    assert_int_equal(count, 3);
    assert_int_equal(line_of(at(codes, count, 0x1000), 0x1000), 10);
    assert_int_equal(line_of(at(codes, count, 0x1000), 0x101f), 10);
    assert_int_equal(line_of(at(codes, count, 0x1000), 0x1020), 12);
    assert_int_equal(line_of(at(codes, count, 0x5000), 0x5000), 0);
    assert_int_equal(line_of(at(codes, count, 0x3000), 0x3000), 0);
    free(codes);
}

static void lines_of_either_kind_are_found(void **state)
{
    (void)state;
    lines_are_found(0);
    lines_are_found(0x40);
}

static void a_move_takes_the_latest_load_of_its_index(void **state)
{
    (void)state;
    size_t count;

    used = 0;
    add_load(0x1000, 7, "first");
    add_move(7, 0x2000);
    add_lines(0x3000, 0);
    add_load(0x3000, 7, "second");
    add_move(7, 0x4000);
    add_move(8, 0x5000);
    struct jitdump_code *codes = jitdump_read(records, used, &count);
    assert_int_equal(count, 4);
    assert_memory_equal(at(codes, count, 0x2000)->name, "first", 5);
    assert_memory_equal(at(codes, count, 0x4000)->name, "second", 6);
    assert_true(at(codes, count, 0x4000)->order > at(codes, count, 0x2000)->order);
    assert_int_equal(line_of(at(codes, count, 0x4000), 0x4021), 12);
    assert_int_equal(line_of(at(codes, count, 0x2000), 0x2021), 0);
    free(codes);
}

/* Each in memory of its own, whose end a sanitizer guards. */
static size_t read_part(size_t size, size_t changed, char to)
{
    char *part = malloc(size + 1);
    const char *path;
    unsigned line;
    size_t count, sum = 0;

    memcpy(part, records, size);
    if (changed < size)
        part[changed] = to;
    struct jitdump_code *codes = jitdump_read(part, size, &count);
    for (size_t i = 0; i < count; i++)
        sum += jitdump_line(&codes[i], codes[i].start + 0x20, &path, &line) + strlen(codes[i].name);
    free(codes);
    free(part);
    assert_true(sum < 100000);
    return count;
}

static void damage_ends_it(void **state)
{
    (void)state;
    used = 0;
    add_load(0x1000, 1, "one");
    add_lines(0x2000, 0);
    add_load(0x2000, 2, "two");
    add_move(1, 0x6000);
    add_load(0x3000, 3, "three");
    size_t whole = used, before = 0;
    for (size_t size = 0; size <= whole; size++) {
        size_t count = read_part(size, whole, 0);
        assert_true(count >= before && count <= 4);
        before = count;
    }
    assert_int_equal(before, 4);
    for (size_t i = 0; i < whole; i++)
        for (unsigned to = 0; to < 256; to += 51)
            assert_true(read_part(whole, i, (char)to) <= whole / 16);
    records[4] = 8; /* the first one's size */
    assert_int_equal(read_part(whole, whole, 0), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_of_either_kind_are_found),
        cmocka_unit_test(a_move_takes_the_latest_load_of_its_index),
        cmocka_unit_test(damage_ends_it),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
