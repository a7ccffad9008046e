#include "tables/mappings.h"

#include "scratch.h"
#include "log/trace_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <cmocka.h>

#define PAGES 500u
#define BASE  0x10000u

static uint32_t truth[PAGES]; /* which stack each page is of; 0: none */
static uint64_t pages_seen[PAGES];

static int set_up(void **state)
{
    scratch_begin_log("mappings.log");
    return mappings_begin() ? 0 : -1;
}

static void see(void *context, struct trace_mapping *mapping)
{
    assert_true(mapping->begin >= BASE && mapping->begin < mapping->end);
    assert_true(mapping->end <= BASE + PAGES);
    assert_int_equal(mapping->kind, mapping->stack % 3);
    for (uint64_t page = mapping->begin - BASE; page < mapping->end - BASE; page++) {
        assert_int_equal(truth[page], mapping->stack);
        pages_seen[page]++;
    }
    ++*(unsigned *)context;
}

/* Each page is in one record, or in none. */
static unsigned compare(void)
{
    unsigned count = 0;
    memset(pages_seen, 0, sizeof pages_seen);
    mappings_for_each(see, &count);
    for (unsigned page = 0; page < PAGES; page++)
        assert_int_equal(pages_seen[page], truth[page] != 0);
    return count;
}

static void set(unsigned first, unsigned pages, uint32_t stack)
{
    for (unsigned page = first; page < first + pages; page++)
        truth[page] = stack;
}

static void put(unsigned first, unsigned pages, uint32_t stack)
{
    mappings_put(BASE + first, BASE + first + pages, stack, stack % 3);
    set(first, pages, stack);
}

static void cut(unsigned first, unsigned pages)
{
    mappings_cut(BASE + first, BASE + first + pages);
    set(first, pages, 0);
}

static void a_hole_makes_two_of_one(void **state)
{
    put(10, 30, 7);
    assert_int_equal(compare(), 1);
    cut(20, 5);
    assert_int_equal(compare(), 2);
    put(15, 15, 8);
    assert_int_equal(compare(), 3);
    cut(0, PAGES);
    assert_int_equal(compare(), 0);
}

static void the_kind_is_that_of_the_address(void **state)
{
    put(10, 5, 4);
    assert_int_equal(mappings_kind_at(BASE + 10, 9), 1);
    assert_int_equal(mappings_kind_at(BASE + 14, 9), 1);
    assert_int_equal(mappings_kind_at(BASE + 15, 9), 9);
    assert_int_equal(mappings_kind_at(BASE + 9, 9), 9);
    cut(0, PAGES);
}

/* Records are used again: many more are made than there would be space for. */
static void any_ranges_are_as_a_list_of_pages_has_them(void **state)
{
    srand(18);
    for (unsigned round = 1; round < 20000; round++) {
        unsigned first = (unsigned)rand() % PAGES;
        unsigned pages = (unsigned)rand() % (rand() % 4 ? 9 : 200) + 1;
        if (first + pages > PAGES)
            pages = PAGES - first;
        if (rand() % 3)
            put(first, pages, round);
        else
            cut(first, pages);
        compare();
    }
    assert_true(trace_log_mappings.count <= PAGES + 2);
    assert_int_equal(trace_log_header->losses.mappings, 0);
}

/* So many that the array of their numbers has to grow, each new one above the last, and below. */
static void many_are_kept_in_order(void **state)
{
    mappings_cut(BASE, BASE + PAGES);
    for (uint64_t i = 0; i < 6000; i++) {
        uint64_t at = i % 2 ? (1u << 20) + 16 * i : (1u << 20) - 16 * i;
        mappings_put(at, at + 8, 5, TRACE_MAPPED_FILE);
    }
    for (uint64_t i = 0; i < 6000; i++) {
        uint64_t at = i % 2 ? (1u << 20) + 16 * i : (1u << 20) - 16 * i;
        assert_int_equal(mappings_kind_at(at + 7, 9), TRACE_MAPPED_FILE);
        assert_int_equal(mappings_kind_at(at + 8, 9), 9);
    }
    assert_int_equal(trace_log_header->losses.mappings, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_hole_makes_two_of_one),
        cmocka_unit_test(the_kind_is_that_of_the_address),
        cmocka_unit_test(any_ranges_are_as_a_list_of_pages_has_them),
        cmocka_unit_test(many_are_kept_in_order),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
