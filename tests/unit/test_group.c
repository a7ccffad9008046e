/* Loss records: what is merged, what is summed, in which order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>

#include "judge/group.h"
#include "base/memory.h"

static struct model model;
static struct loss_records records;
static size_t block_capacity;

static int make_model(void **state)
{
    model_init(&model, "trace.log");
    block_capacity = 0;
    return 0;
}

static int drop_model(void **state)
{
    group_free(&records);
    model_free(&model);
    return 0;
}

/* A stack of five frames, innermost first. */
static uint32_t stack(uint64_t a, uint64_t b, uint64_t c, uint64_t d, uint64_t e)
{
    static uint64_t age;
    uint64_t addresses[] = {a, b, c, d, e};
    uint32_t words[6] = {STACK_WHOLE};

    for (int i = 0; i < 5; i++)
        words[i + 1] = model_put_frame(&model, addresses[i], 0);
    return model_put_stack(&model, words, 5, ++age);
}

static uint32_t add(enum block_kind kind, uint64_t size, uint32_t of_stack, uint32_t head)
{
    memory_reserve(model.blocks, model.block_count, block_capacity);
    model.blocks[model.block_count] = (struct block){
        .address = 0x1000 * (model.block_count + 1),
        .size = size,
        .stack = of_stack,
        .head = head,
        .kind = kind,
    };
    return (uint32_t)model.block_count++;
}

static void expect(uint32_t number, enum block_kind kind, uint64_t blocks, uint64_t bytes,
                   uint64_t indirect)
{
    const struct loss_record *record = &records.records[number];

    assert_int_equal(record->kind, kind);
    assert_int_equal(record->blocks, blocks);
    assert_int_equal(record->bytes, bytes);
    assert_int_equal(record->indirect_bytes, indirect);
    assert_int_equal(record->number, number + 1);
}

static void same_kind_and_stack_is_one_record(void **state)
{
    uint32_t one = stack(1, 2, 3, 4, 5);

    add(BLOCK_REACHABLE, 10, one, BLOCK_NO_HEAD);
    add(BLOCK_REACHABLE, 20, one, BLOCK_NO_HEAD);
    add(BLOCK_POSSIBLY_LOST, 40, one, BLOCK_NO_HEAD);
    group_blocks(&records, &model, UINT32_MAX);
    assert_int_equal(records.count, 2);
    expect(0, BLOCK_REACHABLE, 2, 30, 0);
    expect(1, BLOCK_POSSIBLY_LOST, 1, 40, 0);
    assert_int_equal(records.of_block[1], 0);
    assert_int_equal(records.of_block[2], 1);
}

static void resolution_says_how_many_frames_count(void **state)
{
    static const struct {
        uint32_t frames, records;
    } cases[] = {{2, 1}, {4, 2}, {UINT32_MAX, 3}};

    add(BLOCK_REACHABLE, 1, stack(1, 2, 3, 4, 5), BLOCK_NO_HEAD);
    add(BLOCK_REACHABLE, 2, stack(1, 2, 3, 9, 5), BLOCK_NO_HEAD);
    add(BLOCK_REACHABLE, 4, stack(1, 2, 3, 4, 9), BLOCK_NO_HEAD);
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        group_blocks(&records, &model, cases[i].frames);
        assert_int_equal(records.count, cases[i].records);
        group_free(&records);
    }
}

static void head_carries_what_is_lost_through_it(void **state)
{
    uint32_t head = add(BLOCK_DEFINITELY_LOST, 16, stack(1, 1, 1, 1, 1), BLOCK_NO_HEAD);

    add(BLOCK_INDIRECTLY_LOST, 30, stack(2, 2, 2, 2, 2), head);
    add(BLOCK_INDIRECTLY_LOST, 53, stack(2, 2, 2, 2, 2), head);
    group_blocks(&records, &model, UINT32_MAX);
    expect(0, BLOCK_INDIRECTLY_LOST, 2, 83, 0);
    expect(1, BLOCK_DEFINITELY_LOST, 1, 16, 83);
}

static void order_is_bytes_then_kind_then_blocks_then_age(void **state)
{
    uint32_t first = stack(1, 0, 0, 0, 0), second = stack(2, 0, 0, 0, 0);

    add(BLOCK_DEFINITELY_LOST, 8, second, BLOCK_NO_HEAD);
    add(BLOCK_DEFINITELY_LOST, 8, first, BLOCK_NO_HEAD);
    add(BLOCK_DEFINITELY_LOST, 4, stack(3, 0, 0, 0, 0), BLOCK_NO_HEAD);
    add(BLOCK_DEFINITELY_LOST, 4, stack(3, 0, 0, 0, 0), BLOCK_NO_HEAD);
    add(BLOCK_INDIRECTLY_LOST, 8, first, BLOCK_NO_HEAD);
    add(BLOCK_POSSIBLY_LOST, 8, first, BLOCK_NO_HEAD);
    add(BLOCK_REACHABLE, 8, first, BLOCK_NO_HEAD);
    add(BLOCK_DEFINITELY_LOST, 7, stack(4, 0, 0, 0, 0), BLOCK_NO_HEAD);
    group_blocks(&records, &model, UINT32_MAX);
    assert_int_equal(records.count, 7);
    expect(0, BLOCK_DEFINITELY_LOST, 1, 7, 0);
    expect(1, BLOCK_REACHABLE, 1, 8, 0);
    expect(2, BLOCK_POSSIBLY_LOST, 1, 8, 0);
    expect(3, BLOCK_INDIRECTLY_LOST, 1, 8, 0);
    expect(4, BLOCK_DEFINITELY_LOST, 1, 8, 0);
    expect(5, BLOCK_DEFINITELY_LOST, 1, 8, 0);
    expect(6, BLOCK_DEFINITELY_LOST, 2, 8, 0);
    assert_int_equal(records.records[4].stack, first);
    assert_int_equal(records.records[5].stack, second);
    assert_int_equal(records.of_block[0], 5);
}

static void block_of_no_known_kind_is_in_no_record(void **state)
{
    add(BLOCK_KINDS_COUNT, 8, 0, BLOCK_NO_HEAD);
    group_blocks(&records, &model, UINT32_MAX);
    assert_int_equal(records.count, 0);
    assert_int_equal(records.of_block[0], UINT32_MAX);
}

static void no_blocks_are_no_records(void **state)
{
    group_blocks(&records, &model, 2);
    assert_int_equal(records.count, 0);
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_model, drop_model)
    const struct CMUnitTest tests[] = {
        TEST(same_kind_and_stack_is_one_record),
        TEST(resolution_says_how_many_frames_count),
        TEST(head_carries_what_is_lost_through_it),
        TEST(order_is_bytes_then_kind_then_blocks_then_age),
        TEST(block_of_no_known_kind_is_in_no_record),
        TEST(no_blocks_are_no_records),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
