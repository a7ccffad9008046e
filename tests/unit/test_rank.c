/* Which stacks come first, by each order. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

#include <stdlib.h>
#include <string.h>

#include "base/memory.h"
#include "judge/rank.h"

static struct model model;
static struct module_cache *modules;
static struct symbolizer *symbolizer;
static struct rankings rankings;
static struct options options;

static int make_model(void **state)
{
    model_init(&model, "trace.log");
    model_want_usage(&model);
    model.modules = memory_zeroed(1, sizeof *model.modules);
    model.module_count = 1;
    modules = module_cache_new(true);
    symbolizer = symbolize_begin(&model, modules, NULL);
    options = (struct options){.top = 10};
    return 0;
}

static int drop_model(void **state)
{
    rank_free(&rankings);
    symbolize_end(symbolizer);
    module_cache_free(modules);
    model_free(&model);
    return 0;
}

/* A stack of its own, of this age. */
static uint32_t add(uint64_t age, struct stack_use use)
{
    uint32_t words[2] = {STACK_WHOLE, model_put_frame(&model, age, 0)};
    uint32_t stack = model_put_stack(&model, words, 1, age);
    struct usage *usage = model.usage;

    usage->stacks = memory_resized(usage->stacks, stack + 1, sizeof use);
    memset(usage->stacks + usage->stack_count, 0, (stack + 1 - usage->stack_count) * sizeof use);
    usage->stack_count = stack + 1;
    usage->stacks[stack] = use;
    return stack;
}

static void rank(unsigned orders)
{
    options.top_orders = orders;
    rank_stacks(&rankings, &options, &model, symbolizer);
}

static void each_order_has_its_figure(void **state)
{
    static const uint64_t figures[CLI_ORDERS_COUNT] = {
        [CLI_ORDER_PEAK] = 40,     [CLI_ORDER_BYTES] = 100, [CLI_ORDER_CALLS] = 7,
        [CLI_ORDER_TEMPORARY] = 3, [CLI_ORDER_LIVE] = 90,   [CLI_ORDER_MOVED] = 55,
        [CLI_ORDER_MAPPED] = 30};
    uint32_t stack = add(1, (struct stack_use){.allocations = 7,
                                               .frees = 2,
                                               .bytes_allocated = 100,
                                               .bytes_freed = 10,
                                               .temporary = 3,
                                               .bytes_at_peak = 40,
                                               .reallocs = 4,
                                               .moved = 2,
                                               .bytes_copied = 55,
                                               .bytes_mapped = 30,
                                               .mappings = 1});

    rank((1u << CLI_ORDERS_COUNT) - 1);
    for (int order = 0; order < CLI_ORDERS_COUNT; order++) {
        assert_int_equal(rankings.by[order].count, 1);
        assert_int_equal(rankings.by[order].stacks[0].stack, stack);
        assert_int_equal(rankings.by[order].stacks[0].figure, figures[order]);
        assert_int_equal(rankings.by[order].total, figures[order]);
    }
}

static void only_what_is_asked_for_is_ranked(void **state)
{
    add(1, (struct stack_use){.allocations = 7, .bytes_allocated = 100});
    rank(1u << CLI_ORDER_CALLS);
    assert_int_equal(rankings.by[CLI_ORDER_CALLS].count, 1);
    assert_int_equal(rankings.by[CLI_ORDER_BYTES].count, 0);
}

static void largest_first_and_equal_ones_by_age(void **state)
{
    const struct ranking *ranking = &rankings.by[CLI_ORDER_BYTES];
    uint32_t late = add(30, (struct stack_use){.bytes_allocated = 5});
    uint32_t early = add(10, (struct stack_use){.bytes_allocated = 5});
    uint32_t large = add(20, (struct stack_use){.bytes_allocated = 6});

    rank(1u << CLI_ORDER_BYTES);
    assert_int_equal(ranking->count, 3);
    assert_int_equal(ranking->stacks[0].stack, large);
    assert_int_equal(ranking->stacks[1].stack, early);
    assert_int_equal(ranking->stacks[2].stack, late);
    assert_int_equal(ranking->total, 16);
}

static void no_more_are_shown_than_wanted(void **state)
{
    for (uint64_t i = 1; i <= 20; i++)
        add(i, (struct stack_use){.allocations = i});
    options.top = 3;
    rank(1u << CLI_ORDER_CALLS);
    assert_int_equal(rankings.by[CLI_ORDER_CALLS].count, 20);
    assert_int_equal(rankings.by[CLI_ORDER_CALLS].shown, 3);
    assert_int_equal(rankings.by[CLI_ORDER_CALLS].total, 210);
}

static void nothing_and_less_are_not_ranked(void **state)
{
    add(1, (struct stack_use){.allocations = 1, .bytes_at_peak = (uint64_t)-50});
    add(2, (struct stack_use){.allocations = 1});
    rank(1u << CLI_ORDER_PEAK);
    assert_int_equal(rankings.by[CLI_ORDER_PEAK].count, 0);
    assert_int_equal(rankings.by[CLI_ORDER_PEAK].total, 0);
}

static void model_without_usage_has_no_ranking(void **state)
{
    struct usage *usage = model.usage;

    model.usage = NULL;
    rank(1u << CLI_ORDER_PEAK);
    assert_int_equal(rankings.by[CLI_ORDER_PEAK].count, 0);
    model.usage = usage;
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup_teardown(name, make_model, drop_model)
    const struct CMUnitTest tests[] = {
        TEST(each_order_has_its_figure),           TEST(only_what_is_asked_for_is_ranked),
        TEST(largest_first_and_equal_ones_by_age), TEST(no_more_are_shown_than_wanted),
        TEST(nothing_and_less_are_not_ranked),     TEST(model_without_usage_has_no_ranking),
    };

    return cmocka_run_group_tests(tests, NULL, NULL);
}
