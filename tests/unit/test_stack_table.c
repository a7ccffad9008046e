#include "tables/stack_table.h"

#include "scratch.h"
#include "log/trace_log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <string.h>
#include <cmocka.h>

#define THREADS 4
#define SCALE   (SCRATCH_SANITIZED ? 8 : 1)

static uint32_t module_of(uintptr_t address)
{
    return (uint32_t)(address >> 40);
}

/* A module that a test unloads. */
static uint32_t gone_module;
static bool is_gone(uint32_t module)
{
    return module != 0 && module == gone_module;
}

static int set_up(void **state)
{
    scratch_begin_log("stacks.log");
    return stack_table_begin(module_of, is_gone) ? 0 : -1;
}

static int64_t nodes; /* that this test has made so far */

static uint32_t intern(uint32_t parent, uintptr_t address)
{
    uint32_t node = stack_table_intern(parent, address, true);
    assert_true(node >= TRACE_NODE_FIRST);
    return node;
}

static void a_frame_is_a_node(void **state)
{
    uint32_t outer = intern(TRACE_NODE_END, 0x401000);
    uint32_t inner = intern(outer, 0x402000);
    assert_int_not_equal(outer, inner);
    assert_int_equal(stack_table_address(inner), 0x402000);
    assert_int_equal(stack_table_parent(inner), outer);
    assert_int_equal(stack_table_address(outer), 0x401000);
    assert_int_equal(stack_table_parent(outer), TRACE_NODE_END);
    nodes += 2;
    assert_int_equal(stack_table_check(), nodes);
}

static void the_same_frame_is_the_same_node(void **state)
{
    uint32_t outer = intern(TRACE_NODE_END, 0x403000);
    uint32_t inner = intern(outer, 0x404000);
    assert_int_equal(intern(TRACE_NODE_END, 0x403000), outer);
    assert_int_equal(intern(outer, 0x404000), inner);
    assert_int_not_equal(intern(inner, 0x404000), inner);
    assert_int_not_equal(intern(TRACE_NODE_CUT, 0x403000), outer);
    nodes += 4;
    assert_int_equal(stack_table_check(), nodes);
}

static void a_node_knows_its_module(void **state)
{
    uint32_t node = intern(TRACE_NODE_END, 0x7f0000001000);
    const struct trace_node *record = chunk_table_at(&trace_log_nodes, node);
    assert_int_equal(record->module, 0x7f);
    assert_int_equal(record->address, 0x7f0000001000);
    nodes++;
}

/* The way that an address leads along is its product with this; times the inverse it is undone. */
#define INVERSE_OF_FACTOR 0xf1de83e19937733du

static void siblings_that_share_their_way_stay_apart(void **state)
{
    static uint32_t children[64];
    assert_true(0x9e3779b97f4a7c15u * INVERSE_OF_FACTOR == 1);
    uint32_t parent = intern(TRACE_NODE_END, 0x408000);
    for (unsigned i = 0; i < 64; i++) /* each way leaves that of 0 … 0 one turn later */
        children[i] = intern(parent, (1ull << i) * INVERSE_OF_FACTOR);
    for (unsigned i = 0; i < 64; i++) {
        assert_int_equal(intern(parent, (1ull << i) * INVERSE_OF_FACTOR), children[i]);
        assert_int_equal(stack_table_parent(children[i]), parent);
        for (unsigned k = 0; k < i; k++)
            assert_int_not_equal(children[i], children[k]);
    }
    nodes += 1 + 64;
    assert_int_equal(stack_table_check(), nodes);
}

static void a_gone_module_s_nodes_are_not_found(void **state)
{
    uintptr_t address = 0x7e0000001000;
    uint32_t old = intern(TRACE_NODE_END, address);
    gone_module = 0x7e;
    stack_table_forget();
    uint32_t first = intern(TRACE_NODE_END, address);
    uint32_t second = intern(TRACE_NODE_END, address);
    assert_int_not_equal(first, old);
    assert_int_not_equal(second, first); /* its module is gone as well */
    gone_module = 0;
    assert_int_equal(intern(TRACE_NODE_END, address), old);
    nodes += 3;
    assert_int_equal(stack_table_check(), nodes);
}

static void very_many_nodes(void **state)
{
    enum { COUNT = 200000 / SCALE };
    static uint32_t made[COUNT];
    uint64_t random = 99;
    for (uint32_t i = 0; i < COUNT; i++) /* a bush: each on a random earlier one */
        made[i] =
            intern(i ? made[scratch_random(&random) % i] : TRACE_NODE_END, 0x7f1000000000 + i * 4);
    random = 99;
    for (uint32_t i = 0; i < COUNT; i++) {
        uint32_t parent = i ? made[scratch_random(&random) % i] : TRACE_NODE_END;
        assert_int_equal(intern(parent, 0x7f1000000000 + i * 4), made[i]);
        assert_int_equal(stack_table_parent(made[i]), parent);
    }
    nodes += COUNT;
    assert_int_equal(stack_table_check(), nodes);
}

static void a_very_deep_stack(void **state)
{
    enum { DEPTH = 100000 / SCALE };
    uint32_t node = TRACE_NODE_END;
    for (int i = 0; i < DEPTH; i++)
        node = intern(node, 0x406000);
    int depth = 0;
    for (uint32_t at = node; at != TRACE_NODE_END; at = stack_table_parent(at), depth++)
        assert_int_equal(stack_table_address(at), 0x406000);
    assert_int_equal(depth, DEPTH);
    nodes += DEPTH;
    assert_int_equal(stack_table_check(), nodes);
}

/* --- many threads -------------------------------------------------------- */

#define SHARED (100000 / SCALE)
static uint32_t seen[THREADS][SHARED];
static pthread_barrier_t barrier;

static uintptr_t shared_address(uint32_t i)
{
    return 0x7f2000000000 + (uintptr_t)i * 8;
}

/* Each thread comes to the same frames, from another side. */
static void *intern_shared(void *argument)
{
    uint32_t number = (uint32_t)(uintptr_t)argument;
    uint32_t outer[4];
    pthread_barrier_wait(&barrier);
    for (uint32_t i = 0; i < 4; i++)
        outer[i] = stack_table_intern(TRACE_NODE_END, 0x407000 + i, true);
    for (uint32_t k = 0; k < SHARED; k++) {
        uint32_t i = number % 2 ? SHARED - 1 - k : k;
        seen[number][i] = stack_table_intern(outer[i % 4], shared_address(i), true);
    }
    return NULL;
}

static void threads_agree_on_every_node(void **state)
{
    pthread_t threads[THREADS];
    pthread_barrier_init(&barrier, NULL, THREADS);
    for (uintptr_t i = 0; i < THREADS; i++)
        pthread_create(&threads[i], NULL, intern_shared, (void *)i);
    for (int i = 0; i < THREADS; i++)
        pthread_join(threads[i], NULL);
    for (uint32_t i = 0; i < SHARED; i++) {
        assert_true(seen[0][i] >= TRACE_NODE_FIRST);
        assert_int_equal(stack_table_address(seen[0][i]), shared_address(i));
        for (int thread = 1; thread < THREADS; thread++)
            assert_int_equal(seen[thread][i], seen[0][i]);
    }
    nodes += 4 + SHARED;
    assert_int_equal(stack_table_check(), nodes); /* nobody's node is in the list twice */
}

/* --- no space, no time ---------------------------------------------------- */

static void who_may_not_wait_gets_no_node(void **state)
{
    uintptr_t address = 0x7f3000000000;
    uint32_t node;
    trace_log_nodes.growing = 1; /* the thread below this signal handler, say */
    while ((node = stack_table_intern(TRACE_NODE_END, address, false)) != 0) {
        address += 8;
        nodes++;
    }
    assert_int_equal(stack_table_intern(TRACE_NODE_END, address, false), 0);
    assert_int_equal(stack_table_intern(TRACE_NODE_END, 0x401000, false),
                     TRACE_NODE_FIRST); /* known */
    trace_log_nodes.growing = 0;
    assert_true(intern(TRACE_NODE_END, address) >= TRACE_NODE_FIRST);
    nodes++;
    assert_int_equal(stack_table_check(), nodes);
}

static void *no_memory(struct chunk_table *table, unsigned number, size_t bytes, uint64_t first)
{
    (void)table, (void)number, (void)bytes, (void)first;
    return NULL;
}

static void without_memory_known_stacks_are_still_found(void **state)
{
    uintptr_t address = 0x7f4000000000;
    trace_log_nodes.grow = no_memory;
    while (stack_table_intern(TRACE_NODE_END, address, true) != 0) {
        address += 8;
        nodes++;
    }
    assert_int_equal(stack_table_intern(TRACE_NODE_END, address, true), 0);
    assert_int_equal(intern(TRACE_NODE_END, 0x401000), TRACE_NODE_FIRST);
    assert_int_equal(stack_table_check(), nodes);
}

static void the_check_notices_broken_rules(void **state)
{
    struct trace_node *record = chunk_table_at(&trace_log_nodes, TRACE_NODE_FIRST);
    uint32_t children = record->writer[0];
    record->writer[0] = 0;
    assert_int_equal(stack_table_check(), -1);
    record->writer[0] = children;
    record = chunk_table_at(&trace_log_nodes, TRACE_NODE_FIRST + 1);
    uint32_t parent = record->parent;
    record->parent = TRACE_NODE_FIRST + 2;
    assert_int_equal(stack_table_check(), -1);
    record->parent = parent;
    assert_int_equal(stack_table_check(), nodes);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_frame_is_a_node),
        cmocka_unit_test(the_same_frame_is_the_same_node),
        cmocka_unit_test(a_node_knows_its_module),
        cmocka_unit_test(siblings_that_share_their_way_stay_apart),
        cmocka_unit_test(a_gone_module_s_nodes_are_not_found),
        cmocka_unit_test(very_many_nodes),
        cmocka_unit_test(a_very_deep_stack),
        cmocka_unit_test(threads_agree_on_every_node),
        cmocka_unit_test(who_may_not_wait_gets_no_node),
        cmocka_unit_test(the_check_notices_broken_rules),
        cmocka_unit_test(without_memory_known_stacks_are_still_found), /* last: the table is full */
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
