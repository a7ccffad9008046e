#include "os/own_stack.h"

#include <stdbool.h>

#include <execinfo.h>
#include <pthread.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <cmocka.h>

static uintptr_t here(void)
{
    return (uintptr_t)__builtin_frame_address(0);
}

static bool is_near(uintptr_t a, uintptr_t b)
{
    return a - b < 1u << 16 || b - a < 1u << 16;
}

static int begin(void **state)
{
    own_stack_begin();
    return 0;
}

static void note_place(void *place)
{
    *(uintptr_t *)place = here();
}

static void work_runs_elsewhere(void **state)
{
    uintptr_t place = 0;
    own_stack_run(OWN_STACK_LEARNING, note_place, &place);
    assert_true(place != 0);
    assert_false(is_near(place, here()));
}

static void note_current(void *is_current)
{
    *(bool *)is_current = own_stack_is_current();
}

static void work_knows_where_it_runs(void **state)
{
    bool within = false;
    own_stack_run(OWN_STACK_LEARNING, note_current, &within);
    assert_true(within);
    assert_false(own_stack_is_current());
}

static void note_both(void *places)
{
    note_place(places);
    own_stack_run(OWN_STACK_LEARNING, note_place, (uintptr_t *)places + 1);
}

static void work_within_work_stays_there(void **state)
{
    uintptr_t places[2] = {0, 0};
    own_stack_run(OWN_STACK_LEARNING, note_both, places);
    assert_true(is_near(places[0], places[1]));
    assert_true(places[1] < places[0]);
}

static void note_mask(void *mask)
{
    pthread_sigmask(SIG_BLOCK, NULL, mask);
}

static void signals_are_blocked_meanwhile_and_then_as_before(void **state)
{
    sigset_t before, within, after;
    sigemptyset(&before);
    sigaddset(&before, SIGUSR2);
    pthread_sigmask(SIG_SETMASK, &before, NULL);
    own_stack_run(OWN_STACK_ENDING, note_mask, &within);
    pthread_sigmask(SIG_BLOCK, NULL, &after);
    assert_true(sigismember(&within, SIGTERM) && sigismember(&within, SIGSEGV));
    assert_false(sigismember(&after, SIGTERM));
    assert_true(sigismember(&after, SIGUSR2));
}

/* The thread that has the stack lets another one work meanwhile. */
static void *work_too(void *place)
{
    own_stack_run(OWN_STACK_LEARNING, note_place, place);
    return (void *)here();
}

static void let_other_work(void *unused)
{
    pthread_t other;
    uintptr_t place = 0;
    void *others;
    (void)unused;
    pthread_create(&other, NULL, work_too, &place);
    pthread_join(other, &others);
    assert_true(place != 0);
    assert_false(is_near(place, here()));
    assert_true(is_near(place, (uintptr_t)others));
}

static void taken_stack_leaves_work_where_it_is(void **state)
{
    own_stack_run(OWN_STACK_LEARNING, let_other_work, NULL);
}

struct trace {
    void *frames[32];
    int count;
};

static void note_trace(void *context)
{
    struct trace *trace = context;
    trace->count = backtrace(trace->frames, 32);
}

static __attribute__((noinline)) void unwinders_find_the_caller(void **state)
{
    struct trace trace;
    own_stack_run(OWN_STACK_LEARNING, note_trace, &trace);
    bool found = false;
    for (int i = 0; i < trace.count; i++)
        found |= (uintptr_t)trace.frames[i] - (uintptr_t)unwinders_find_the_caller < 4096;
    assert_true(found);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(work_runs_elsewhere),
        cmocka_unit_test(work_knows_where_it_runs),
        cmocka_unit_test(work_within_work_stays_there),
        cmocka_unit_test(signals_are_blocked_meanwhile_and_then_as_before),
        cmocka_unit_test(taken_stack_leaves_work_where_it_is),
        cmocka_unit_test(unwinders_find_the_caller),
    };
    return cmocka_run_group_tests(tests, begin, NULL);
}
