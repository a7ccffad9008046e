/* Counts by stack: the peak against a model that takes a copy of everything at each new peak, and
 * blocks that other threads free. */
#include "tables/stack_accounts.h"

#include "alone.h"
#include "scratch.h"
#include "tables/stack_table.h"
#include "tables/usage.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <string.h>
#include <cmocka.h>

#define STACKS 50
#define EVENTS (SCRATCH_SANITIZED ? 20000 : 200000)
#define BLOCKS 400

static uint32_t no_module(uintptr_t address)
{
    (void)address;
    return 0;
}
static bool never_gone(uint32_t module)
{
    (void)module;
    return false;
}

static int set_up(void **state)
{
    scratch_begin_log("counts.log");
    usage_begin();
    return stack_table_begin(no_module, never_gone) ? 0 : -1;
}

/* --- the peak ------------------------------------------------------------ */

struct figures {
    int64_t bytes[STACKS];
    int32_t blocks[STACKS];
};

static struct model {
    struct figures now, at_peak;
    int64_t live, peak;
    struct {
        unsigned stack;
        size_t size; /* 0: free place */
    } blocks[BLOCKS];
} model;

static uint32_t node_of(unsigned stack)
{
    return stack_table_intern(TRACE_NODE_END, 0x1000 + stack, true);
}

static struct trace_account *record_of(unsigned stack)
{
    return stack_accounts_at(stack_accounts_find(thread_current(), node_of(stack)));
}

static void allocate(unsigned place, unsigned stack, size_t size)
{
    model.blocks[place].stack = stack;
    model.blocks[place].size = size;
    model.now.bytes[stack] += (int64_t)size;
    model.now.blocks[stack]++;
    model.live += (int64_t)size;
    if (model.live > model.peak) {
        model.peak = model.live;
        model.at_peak = model.now;
    }
    stack_accounts_allocated(thread_current(), record_of(stack), size);
}

static void release(unsigned place)
{
    unsigned stack = model.blocks[place].stack;
    size_t size = model.blocks[place].size;
    model.blocks[place].size = 0;
    model.now.bytes[stack] -= (int64_t)size;
    model.now.blocks[stack]--;
    model.live -= (int64_t)size;
    stack_accounts_freed(thread_current(), record_of(stack), size, false);
}

/* What a reader of the log takes for a record's share of the peak. */
static void read_peak(const struct trace_account *count, int64_t *bytes, int32_t *blocks)
{
    bool saved = count->peak_epoch == trace_log_header->peak.epoch;
    *bytes = saved ? count->bytes_at_peak : (int64_t)(count->bytes_allocated - count->bytes_freed);
    *blocks = saved ? count->blocks_at_peak : (int32_t)(count->allocations - count->frees);
}

static void assert_peak(void)
{
    assert_int_equal(trace_log_header->peak.bytes, model.peak);
    assert_int_equal(trace_log_header->peak.live_bytes, model.live);
    for (unsigned stack = 0; stack < STACKS; stack++) {
        int64_t bytes;
        int32_t blocks;
        read_peak(record_of(stack), &bytes, &blocks);
        assert_int_equal(bytes, model.at_peak.bytes[stack]);
        assert_int_equal(blocks, model.at_peak.blocks[stack]);
    }
}

/* Memory goes up and down in waves, so that there are many peaks, and long ways between them. */
static void every_peak_is_that_of_a_model(void **state)
{
    uint64_t dice = 7;
    alone_begin();
    for (unsigned event = 0; event < EVENTS; event++) {
        unsigned place = (unsigned)(scratch_random(&dice) % BLOCKS);
        bool rising = event / 5000 % 2 == 0;
        if (model.blocks[place].size)
            release(place);
        if (rising ? place % 8 : place % 8 == 0)
            allocate(place, (unsigned)(scratch_random(&dice) % STACKS),
                     1 + scratch_random(&dice) % (100 + event / 10));
        if (event % 1000 == 0)
            assert_peak();
    }
    assert_peak();
    alone_end();
}

/* --- records ------------------------------------------------------------- */

static void a_stack_has_one_record_in_a_thread(void **state)
{
    struct thread *thread = thread_current();
    uint32_t first[3000];
    for (uint32_t i = 0; i < 3000; i++)
        first[i] = stack_accounts_find(thread, node_of(5000 + i));
    for (uint32_t i = 0; i < 3000; i++) {
        assert_int_equal(stack_accounts_find(thread, node_of(5000 + i)), first[i]);
        assert_int_equal(stack_accounts_stack(first[i]), node_of(5000 + i));
    }
    assert_int_equal(stack_accounts_find(thread, 0), thread->account_unknown);
    assert_int_equal(stack_accounts_stack(0), 0);
}

static void *free_here(void *argument)
{
    struct thread *thread = thread_current();
    uint32_t record = stack_accounts_find(thread, (uint32_t)(uintptr_t)argument);
    stack_accounts_freed(thread, stack_accounts_at(record), 1000, false);
    return (void *)(uintptr_t)record;
}

static void another_thread_counts_in_a_record_of_its_own(void **state)
{
    struct trace_totals before, after;
    pthread_t thread;
    void *other;
    uint32_t mine = stack_accounts_find(thread_current(), node_of(9000));
    stack_accounts_sum(&before);
    stack_accounts_allocated(thread_current(), stack_accounts_at(mine), 1000);
    assert_int_equal(pthread_create(&thread, NULL, free_here, (void *)(uintptr_t)node_of(9000)), 0);
    pthread_join(thread, &other);
    stack_accounts_sum(&after);
    assert_int_not_equal(mine, (uintptr_t)other);
    assert_int_equal(stack_accounts_at(mine)->frees, 0);
    assert_int_equal(stack_accounts_at((uint32_t)(uintptr_t)other)->frees, 1);
    assert_int_equal(after.bytes_allocated - after.bytes_freed,
                     before.bytes_allocated - before.bytes_freed);
    assert_int_equal(after.allocations, before.allocations + 1);
}

/* --- with several threads ------------------------------------------------ */

#define ROUNDS (SCRATCH_SANITIZED ? 2000 : 20000)

/* 1 MB more each, and back. */
static void *go_up_and_down(void *argument)
{
    struct thread *thread = thread_current();
    struct trace_account *count = stack_accounts_at(stack_accounts_find(thread, node_of(9001)));
    for (int i = 0; i < ROUNDS; i++)
        stack_accounts_allocated(thread, count, 1000000 / ROUNDS);
    pthread_barrier_wait(argument);
    for (int i = 0; i < ROUNDS; i++)
        stack_accounts_freed(thread, count, 1000000 / ROUNDS, false);
    pthread_barrier_wait(argument); /* none is another one's successor */
    return NULL;
}

static void a_peak_of_several_threads_is_nearly_exact(void **state)
{
    pthread_barrier_t barrier;
    pthread_t threads[4];
    const struct trace_peak *peak = &trace_log_header->peak;
    usage_end();
    int64_t base = peak->live_bytes;
    /* Far above what the model left. */
    stack_accounts_allocated(thread_current(), record_of(0), 100000000);
    pthread_barrier_init(&barrier, NULL, 4);
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, go_up_and_down, &barrier);
    for (int i = 0; i < 4; i++)
        pthread_join(threads[i], NULL);
    int64_t truth = base + 100000000 + 4 * (1000000 / ROUNDS * ROUNDS);
    assert_true(peak->bytes <= truth);
    assert_true(peak->bytes >= truth - 5 * (int64_t)peak->quantum);
    usage_end();
    assert_int_equal(peak->live_bytes, base + 100000000);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(every_peak_is_that_of_a_model),
        cmocka_unit_test(a_stack_has_one_record_in_a_thread),
        cmocka_unit_test(another_thread_counts_in_a_record_of_its_own),
        cmocka_unit_test(a_peak_of_several_threads_is_nearly_exact),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
