#include "os/memory_map.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <cmocka.h>

static const char example[] =
    "5592d4000000-5592d4001000 r--p 00000000 fe:00 1234                       /usr/bin/a b\n"
    "5592d4001000-5592d4003000 r-xp 00001000 fe:00 1234                       /usr/bin/a b\n"
    "5592d4003000-5592d4004000 rw-p 00003000 fe:00 1234                       /usr/bin/a b\n"
    "5592d5000000-5592d5021000 rw-p 00000000 00:00 0                          [heap]\n"
    "7f0000000000-7f0000021000 rw-p 00000000 00:00 0 \n"
    "7f0000021000-7f0004000000 ---p 00000000 00:00 0 \n"
    "7f1000000000-7f1000001000 rw-s 00000000 00:01 77                         /dev/zero (deleted)\n"
    "7f1000001000-7f1000002000 rw-s 00000000 00:05 78                         /dev/dri/card0\n"
    "7f1000002000-7f1000003000 rw-s 00000000 00:18 79                         /dev/shm/x\n"
    "7f1000003000-7f1000004000 rw-s 00000000 00:01 80                         /memfd:m (deleted)\n"
    "7ffc00000000-7ffc00021000 rw-p 00000000 00:00 0                          [stack]\n"
    "ffffffffff600000-ffffffffff601000 --xp 00000000 00:00 0                  [vsyscall]\n";

static void lines_become_mappings(void **state)
{
    struct mapping m[16];
    const unsigned rw = MAPPING_READABLE | MAPPING_WRITABLE;
    const unsigned flags[] = {
        MAPPING_READABLE | MAPPING_FILE,
        MAPPING_READABLE | MAPPING_EXECUTABLE | MAPPING_FILE,
        rw | MAPPING_FILE,
        rw | MAPPING_HEAP,
        rw,
        0,
        rw | MAPPING_SHARED | MAPPING_FILE,
        rw | MAPPING_SHARED | MAPPING_FILE | MAPPING_DEVICE,
        rw | MAPPING_SHARED | MAPPING_FILE,
        rw | MAPPING_SHARED | MAPPING_FILE,
        rw | MAPPING_STACK,
        MAPPING_EXECUTABLE,
    };
    assert_int_equal(memory_map_parse(example, sizeof example - 1, m, 16), 12);
    for (int i = 0; i < 12; i++)
        assert_int_equal(m[i].flags, flags[i]);
    assert_true(m[3].begin == 0x5592d5000000 && m[3].end == 0x5592d5021000);
    assert_true(m[11].begin == 0xffffffffff600000 && m[11].end == 0xffffffffff601000);
    assert_int_equal(m[0].path_length, 12);
    assert_memory_equal(m[0].path, "/usr/bin/a b", 12);
    assert_int_equal(m[4].path_length, 0);
}

static void bad_lines_are_left_out(void **state)
{
    const char *text = "garbage\n"
                       "\n"
                       "1000-2000 rw\n"
                       "2000-1000 rw-p 00000000 00:00 0\n"
                       "3000-4000 rw-p 00000000 00:00 0\n"
                       "5000-6000 rw-p 00000000 00:0";
    struct mapping m[4];
    assert_int_equal(memory_map_parse(text, strlen(text), m, 4), 1);
    assert_int_equal(m[0].begin, 0x3000);
    assert_int_equal(memory_map_parse(text, 0, m, 4), 0);
}

static void short_arrays_are_not_overrun(void **state)
{
    struct mapping m[4];
    memset(m, 0xee, sizeof m);
    assert_int_equal(memory_map_parse(example, sizeof example - 1, m, 3), 12);
    assert_true(m[2].begin == 0x5592d4003000);
    assert_true(m[3].begin == 0xeeeeeeeeeeeeeeee);
    assert_int_equal(memory_map_parse(example, sizeof example - 1, NULL, 0), 12);
}

static void every_cut_of_the_text_is_survived(void **state)
{
    for (size_t length = 0; length < sizeof example - 1; length++) {
        char *copy = malloc(length + 1); /* so that AddressSanitizer sees a read behind it */
        memcpy(copy, example, length);
        copy = realloc(copy, length ? length : 1);
        assert_in_range(memory_map_parse(copy, length, NULL, 0), 0, 12);
        free(copy);
    }
}

static void addresses_are_found(void **state)
{
    struct mapping m[16];
    struct memory_map map = {m, memory_map_parse(example, sizeof example - 1, m, 16)};
    assert_ptr_equal(memory_map_find(&map, 0x5592d4000000), &m[0]);
    assert_ptr_equal(memory_map_find(&map, 0x5592d4000fff), &m[0]);
    assert_ptr_equal(memory_map_find(&map, 0x5592d4001000), &m[1]);
    assert_null(memory_map_find(&map, 0x5592d4004000));
    assert_null(memory_map_find(&map, 0));
    assert_null(memory_map_find(&map, ~0ull));
    assert_ptr_equal(memory_map_above(&map, 0x5592d4004000), &m[3]);
    assert_ptr_equal(memory_map_above(&map, 0), &m[0]);
    assert_null(memory_map_above(&map, ~0ull));
    map.count = 0;
    assert_null(memory_map_find(&map, 0x5592d4000000));
}

/* Thousands of lines: every other page of a region loses its write permission. */
static void own_map_with_thousands_of_lines(void **state)
{
    enum { PAGES = 12000 };
    char *region =
        mmap(NULL, PAGES * 4096ul, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    struct memory_map map;
    assert_int_equal(memory_map_load(&map), 0);
    size_t before = map.count;
    for (int i = 0; i < PAGES; i += 2)
        mprotect(region + i * 4096ul, 4096, PROT_READ);
    assert_int_equal(memory_map_load(&map), 0);
    assert_in_range(map.count, before + PAGES - 4, before + PAGES + 8);
    for (int i = 1; i < PAGES; i += 2) {
        const struct mapping *mapping = memory_map_find(&map, (uintptr_t)region + i * 4096ul);
        assert_non_null(mapping);
        assert_int_equal(mapping->flags, MAPPING_READABLE | MAPPING_WRITABLE);
    }
    for (size_t i = 1; i < map.count; i++)
        assert_true(map.mappings[i - 1].end <= map.mappings[i].begin);
    assert_true(memory_map_find(&map, (uintptr_t)&map)->flags & MAPPING_STACK);
    munmap(region, PAGES * 4096ul);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_become_mappings),
        cmocka_unit_test(bad_lines_are_left_out),
        cmocka_unit_test(short_arrays_are_not_overrun),
        cmocka_unit_test(every_cut_of_the_text_is_survived),
        cmocka_unit_test(addresses_are_found),
        cmocka_unit_test(own_map_with_thousands_of_lines),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
