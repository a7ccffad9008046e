#include "os/tracing.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stddef.h>
#include <sys/wait.h>
#include <unistd.h>
#include <cmocka.h>

#define LONG_NS 60000000000ull

static int set_up(void **state)
{
    return !tracing_begin();
}

static void off_on_and_paused(void **state)
{
    tracing_set(false);
    assert_false(tracing_is_on());
    assert_false(tracing_pause()); /* what is off stays off */
    tracing_resume();
    assert_false(tracing_is_on() || tracing_is_paused());
    tracing_set(true);
    assert_true(tracing_is_on());
    assert_true(tracing_pause());
    assert_false(tracing_is_on());
    assert_true(tracing_is_paused());
    assert_false(tracing_pause()); /* once at a time */
    tracing_resume();
    assert_true(tracing_is_on());
}

static void a_pause_that_ends_in_off_is_not_resumed(void **state)
{
    tracing_set(true);
    tracing_pause();
    tracing_set(false);
    tracing_resume();
    assert_false(tracing_is_on());
}

static atomic_int waiting;

static void *wait_for_it(void *unused)
{
    atomic_fetch_add(&waiting, 1);
    tracing_await(LONG_NS);
    return unused;
}

static void await_end(void (*end)(void))
{
    pthread_t threads[3];
    tracing_set(true);
    tracing_pause();
    atomic_store(&waiting, 0);
    for (int i = 0; i < 3; i++)
        pthread_create(&threads[i], NULL, wait_for_it, NULL);
    while (atomic_load(&waiting) < 3)
        usleep(1000);
    end();
    for (int i = 0; i < 3; i++)
        pthread_join(threads[i], NULL);
    assert_false(tracing_is_paused());
}
static void turn_off(void)
{
    tracing_set(false);
}

static void whoever_waits_is_woken(void **state)
{
    await_end(tracing_resume);
    await_end(turn_off);
    tracing_await(LONG_NS); /* nothing to wait for */
    tracing_set(true);
    tracing_pause();
    tracing_await(1000000); /* a limit */
    assert_true(tracing_is_paused());
    tracing_resume();
}

static void a_forked_child_finds_it_off(void **state)
{
    int status = -1;
    tracing_set(true);
    tracing_pause();
    pid_t child = fork();
    if (child == 0)
        _exit(tracing_is_on() || tracing_is_paused());
    waitpid(child, &status, 0);
    tracing_resume();
    assert_int_equal(status, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(off_on_and_paused),
        cmocka_unit_test(a_pause_that_ends_in_off_is_not_resumed),
        cmocka_unit_test(whoever_waits_is_woken),
        cmocka_unit_test(a_forked_child_finds_it_off),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
