#include "life/fork_gate.h"

#include "capture/frame_cache.h"
#include "scratch.h"
#include "tables/thread.h"
#include "log/trace_log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

static bool stable(uintptr_t address)
{
    return address != 0;
}

static int set_up(void **state)
{
    scratch_begin_log("gate.log");
    return !(tracing_begin() && frame_cache_begin(stable) && thread_current());
}

static int turn_on(void **state)
{
    tracing_set(true);
    return 0;
}

/* --- another thread ------------------------------------------------------ */

static atomic_int stage; /* 1: it is where it is to be; 2: it may go on; 3: it came through */

static void reach(int wanted)
{
    while (atomic_load(&stage) < wanted)
        usleep(1000);
}
static void *come_to_the_gate(void *unused)
{
    struct thread *self = thread_current();
    atomic_store(&stage, 1);
    if (!fork_gate_pass())
        return unused;
    __atomic_fetch_sub(&self->usage.until_sample, 1, __ATOMIC_RELAXED);
    atomic_store(&stage, 3);
    return unused;
}
static void *be_busy(void *unused)
{
    thread_current()->busy = 1;
    atomic_store(&stage, 1);
    reach(2);
    thread_current()->busy = 0;
    return unused;
}
static void *be_at_length(void *unused)
{
    struct thread *self = thread_current();
    atomic_store(&self->gate.at_length, true);
    atomic_store(&stage, 1);
    while (atomic_load(&stage) < 2)
        ;
    atomic_store(&self->gate.at_length, false);
    return unused;
}
static void *compute(void *unused)
{
    thread_current();
    atomic_store(&stage, 1);
    while (atomic_load(&stage) < 2)
        ;
    return unused;
}
/* It has allocated nothing yet. */
static void *sleep_as_a_stranger(void *unused)
{
    atomic_store(&stage, 1);
    reach(2);
    return unused;
}
static void *compute_as_a_stranger(void *unused)
{
    atomic_store(&stage, 1);
    while (atomic_load(&stage) < 2)
        ;
    return unused;
}
static void *sleep_long(void *unused)
{
    thread_current();
    atomic_store(&stage, 1);
    reach(2);
    return unused;
}
static pthread_t start(void *(*act)(void *))
{
    pthread_t thread;
    atomic_store(&stage, 0);
    pthread_create(&thread, NULL, act, NULL);
    reach(1);
    return thread;
}
static void let_go(pthread_t thread)
{
    atomic_store(&stage, 2);
    pthread_join(thread, NULL);
}

/* --- the cases ----------------------------------------------------------- */

static void with_tracing_off_there_is_no_gate(void **state)
{
    tracing_set(false);
    assert_false(fork_gate_close());
    assert_false(fork_gate_pass());
    assert_false(fork_gate_is_on());
    tracing_set(true);
    assert_true(fork_gate_is_on());
    assert_true(fork_gate_pass());
}

static void the_closer_passes_and_others_wait(void **state)
{
    assert_true(fork_gate_close());
    assert_true(fork_gate_pass());
    pthread_t thread = start(come_to_the_gate);
    assert_int_equal(fork_gate_settle(), 0);
    assert_int_equal(atomic_load(&stage), 1);
    assert_int_equal(fork_gate_changed(), 0);
    assert_false(fork_gate_is_torn());
    fork_gate_open();
    pthread_join(thread, NULL);
    assert_int_equal(atomic_load(&stage), 3);
    assert_int_equal(fork_gate_changed(), 1);
    assert_true(tracing_is_on());
}

static void who_sleeps_or_computes_is_outside(void **state)
{
    void *(*const acts[])(void *) = {sleep_long, compute, sleep_as_a_stranger,
                                     compute_as_a_stranger};
    for (int i = 0; i < 4; i++) {
        pthread_t thread = start(acts[i]);
        assert_true(fork_gate_close());
        assert_int_equal(fork_gate_settle(), 0);
        fork_gate_open();
        let_go(thread);
    }
}

static void is_inside(void *(*act)(void *))
{
    pthread_t thread = start(act);
    assert_true(fork_gate_close());
    assert_int_equal(fork_gate_settle(), 1);
    assert_true(fork_gate_is_torn());
    fork_gate_open();
    let_go(thread);
    assert_false(fork_gate_is_torn());
}

static void who_is_in_a_capture_is_inside(void **state)
{
    is_inside(be_busy);
}

/* In the pools' table, for one: it may take longer than any malloc. */
static void who_is_at_length_is_inside(void **state)
{
    is_inside(be_at_length);
}

static void the_caller_itself_is_not_in_its_way(void **state)
{
    thread_current()->busy = 1; /* a signal handler above a capture */
    assert_true(fork_gate_close());
    assert_int_equal(fork_gate_settle(), 0);
    assert_false(fork_gate_is_torn());
    fork_gate_open();
    thread_current()->busy = 0;
}

static void a_table_that_grows_is_torn(void **state)
{
    atomic_store(&trace_log_nodes.growing, 1);
    assert_true(trace_log_is_growing());
    assert_true(fork_gate_is_torn());
    atomic_store(&trace_log_nodes.growing, 0);
    assert_false(fork_gate_is_torn());
}

static void *close_and_open(void *unused)
{
    for (int i = 0; i < 200; i++) {
        if (!fork_gate_close())
            return (void *)"not closed";
        if (!tracing_is_paused())
            return (void *)"another one is in";
        fork_gate_open();
    }
    return unused;
}

static void one_at_a_time(void **state)
{
    pthread_t threads[4];
    void *trouble;
    for (int i = 0; i < 4; i++)
        pthread_create(&threads[i], NULL, close_and_open, NULL);
    for (int i = 0; i < 4; i++) {
        pthread_join(threads[i], &trouble);
        assert_null(trouble);
    }
    assert_true(tracing_is_on());
}

int main(void)
{
#define TEST(name) cmocka_unit_test_setup(name, turn_on)
    const struct CMUnitTest tests[] = {
        TEST(with_tracing_off_there_is_no_gate), TEST(the_closer_passes_and_others_wait),
        TEST(who_sleeps_or_computes_is_outside), TEST(who_is_in_a_capture_is_inside),
        TEST(who_is_at_length_is_inside),        TEST(the_caller_itself_is_not_in_its_way),
        TEST(a_table_that_grows_is_torn),        TEST(one_at_a_time),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
