/* block_parts: a whole and its parts, while they live, when they go, and as the leak check has
 * them. */
#include "tables/block_parts.h"

#include "scratch.h"
#include "log/trace_log.h"

#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define WHOLE 0x555500001000u

static int set_up(void **state)
{
    scratch_begin_log("parts.log");
    return 0;
}

static struct block part_of(uint64_t address, uint64_t size)
{
    return (struct block){address, size, 7, TRACE_PART, TRACE_BY_REQUEST};
}

static bool divides(uint64_t address, uint64_t size)
{
    struct block part = part_of(address, size), whole;
    return block_parts_find_whole(&part, WHOLE, &whole) && block_parts_divide(&whole, &part);
}

static void insert(uint64_t address, uint64_t size, enum trace_family family)
{
    struct block block = {address, size, 3, 0, family};
    assert_true(block_table_insert(&block));
}

static unsigned taken_count;
static uint64_t taken_bytes;

static void count_taken(void *context, const struct block *part)
{
    (void)context;
    taken_count++;
    taken_bytes += part->size;
    assert_int_equal(part->account, 7);
}

static void parts_go_with_their_whole(void **state)
{
    struct block whole, found;
    insert(WHOLE, 160, TRACE_BY_MALLOC);
    insert(WHOLE + 176, 64, TRACE_BY_MALLOC);
    assert_true(divides(WHOLE + 16, 80));
    assert_true(divides(WHOLE + 96, 64));
    assert_true(block_table_find(WHOLE, &whole));
    assert_true(block_parts_is_whole(&whole));
    assert_int_equal(whole.size, 160);
    assert_int_equal(whole.account, 3);
    assert_true(block_table_find(WHOLE + 96, &found));
    assert_true(block_parts_is_part(&found));
    assert_int_equal(block_table_check(), 4);

    assert_true(block_table_remove(WHOLE, &whole));
    block_parts_take(&whole, count_taken, NULL);
    assert_int_equal(taken_count, 2);
    assert_int_equal(taken_bytes, 144);
    assert_false(block_table_find(WHOLE + 16, &found));
    assert_int_equal(block_table_check(), 1);
    assert_true(block_table_remove(WHOLE + 176, &found));
}

/* More pages than one, in leaves that have grown. */
static void parts_of_a_large_whole(void **state)
{
    struct block whole;
    insert(WHOLE, 20000, TRACE_BY_MALLOC);
    taken_count = 0;
    for (uint64_t at = 8; at + 8 <= 20000; at += 8)
        assert_true(divides(WHOLE + at, 8));
    assert_int_equal(block_table_check(), 2500);
    assert_true(block_table_remove(WHOLE, &whole));
    block_parts_take(&whole, count_taken, NULL);
    assert_int_equal(taken_count, 2499);
    assert_int_equal(block_table_check(), 0);
}

static void what_is_no_part_is_refused(void **state)
{
    struct block whole;
    insert(WHOLE, 160, TRACE_BY_MALLOC);
    assert_false(divides(WHOLE, 160));             /* the whole itself */
    assert_false(divides(WHOLE + 96, 72));         /* reaches behind it */
    assert_false(divides(WHOLE + 160, 0x10));      /* lies behind it */
    assert_false(divides(WHOLE - 16, 16));         /* before it */
    assert_false(divides(WHOLE + 20, 16));         /* at an odd address */
    assert_false(divides(WHOLE + 16, 1ull << 63)); /* longer than all memory */
    assert_true(block_table_remove(WHOLE, &whole));
    assert_int_equal(whole.family, TRACE_BY_MALLOC);
    assert_false(divides(WHOLE + 16, 16)); /* nothing is there */
    insert(WHOLE, 160, TRACE_BY_NEW);
    assert_false(divides(WHOLE + 16, 16)); /* not malloc's */
    assert_true(block_table_remove(WHOLE, &whole));
    assert_int_equal(block_table_check(), 0);
}

static struct trace_block record(uint64_t address, uint64_t size, enum trace_family family,
                                 unsigned alignment)
{
    return (struct trace_block){address | (uint64_t)family << TRACE_FAMILY_SHIFT |
                                    (uint64_t)alignment << TRACE_ALIGNMENT_SHIFT,
                                size};
}

static void check_addresses(const struct trace_block *blocks, size_t count,
                            const uint64_t *expected, size_t expected_count)
{
    assert_int_equal(count, expected_count);
    for (size_t i = 0; i < count; i++)
        assert_int_equal(trace_block_address(blocks[i].where), expected[i]);
}

/* A whole whose parts are all gone is a block again. */
static void the_check_has_parts_in_place_of_wholes(void **state)
{
    const struct trace_block all[] = {
        record(0x1000, 100, TRACE_BY_MALLOC, 0),
        record(0x2000, 160, TRACE_BY_REQUEST, TRACE_WHOLE),
        record(0x2010, 80, TRACE_BY_REQUEST, TRACE_PART),
        record(0x2060, 64, TRACE_BY_REQUEST, TRACE_PART),
        record(0x3000, 160, TRACE_BY_REQUEST, TRACE_WHOLE),
        record(0x4000, 16, TRACE_BY_NEW, 1),
        record(0x5000, 160, TRACE_BY_REQUEST, TRACE_WHOLE),
        record(0x5008, 152, TRACE_BY_REQUEST, TRACE_PART),
    };
    struct trace_block blocks[8];
    memcpy(blocks, all, sizeof all);
    size_t count = block_parts_leave_out_parts(blocks, 8);
    check_addresses(blocks, count, (uint64_t[]){0x1000, 0x2000, 0x3000, 0x4000, 0x5000}, 5);
    memcpy(blocks, all, sizeof all);
    count = block_parts_leave_out_wholes(blocks, 8);
    check_addresses(blocks, count, (uint64_t[]){0x1000, 0x2010, 0x2060, 0x3000, 0x4000, 0x5008}, 6);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(parts_go_with_their_whole),
        cmocka_unit_test(parts_of_a_large_whole),
        cmocka_unit_test(what_is_no_part_is_refused),
        cmocka_unit_test(the_check_has_parts_in_place_of_wholes),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
