#include "tables/thread.h"

#include "os/pages.h"
#include "scratch.h"
#include "tables/stack_accounts.h"
#include "log/trace_log.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <unistd.h>
#include <cmocka.h>

static int set_up(void **state)
{
    scratch_begin_log("thread.log");
    return 0;
}

static unsigned structs(void)
{
    unsigned count = 0;
    for (const struct thread *thread = thread_first(); thread; thread = thread->next)
        count++;
    return count;
}

static void a_thread_keeps_its_struct(void **state)
{
    struct thread *self = thread_current();
    assert_non_null(self);
    assert_ptr_equal(thread_current(), self);
    assert_int_equal(self->tid, gettid());
    assert_int_equal(self->record->tid, gettid());
    assert_int_equal(structs(), 1);
}

static void *count_some(void *argument)
{
    struct thread *self = thread_current();
    uint64_t number = (uintptr_t)argument;
    self->busy = 1; /* what a thread leaves behind is not its successor's */
    self->walk.frame_count = 5;
    self->deleting = self;
    self->label.site = &self->label.outer;
    struct trace_account *count = stack_accounts_at(self->account_unknown);
    thread_count(&count->allocations, number);
    thread_count(&count->bytes_allocated, number * 100);
    thread_count(&count->frees, 1);
    thread_count(&count->bytes_freed, 50);
    thread_count(&self->record->bad_frees, 2);
    return self;
}

static void *look_around(void *argument)
{
    const struct thread *self = thread_current();
    (void)argument;
    return (void *)(uintptr_t)(self->busy || self->walk.frame_count || self->deleting ||
                               self->label.site || self->record->tid != (uint32_t)gettid());
}

static void *in_thread(void *(*act)(void *), uintptr_t argument)
{
    pthread_t thread;
    void *result;
    assert_int_equal(pthread_create(&thread, NULL, act, (void *)argument), 0);
    pthread_join(thread, &result);
    return result;
}

static void a_successor_begins_anew(void **state)
{
    struct thread *first = in_thread(count_some, 1);
    assert_ptr_not_equal(first, thread_current());
    for (int i = 0; i < 10; i++)
        assert_null(in_thread(look_around, 0));
}

static void sums_over_2_000_threads(void **state)
{
    struct trace_totals before, after;
    stack_accounts_sum(&before);
    uint64_t expected = 0;
    for (uint64_t i = 1; i <= 2000; i++) {
        in_thread(count_some, i);
        expected += i;
    }
    stack_accounts_sum(&after);
    assert_int_equal(after.allocations - before.allocations, expected);
    assert_int_equal(after.bytes_allocated - before.bytes_allocated, expected * 100);
    assert_int_equal(after.frees - before.frees, 2000);
    assert_int_equal(after.bytes_freed - before.bytes_freed, 2000 * 50);
    assert_int_equal(after.bad_frees - before.bad_frees, 2000 * 2);
    /* pthread_join may return a moment before the kernel has let go of the number. */
    assert_true(structs() <= 10);
    assert_int_equal(trace_log_threads.count - 1, structs());
}

#define AT_ONCE 100
static pthread_barrier_t barrier;

static void *meet(void *argument)
{
    struct thread *self = count_some(argument);
    pthread_barrier_wait(&barrier); /* all are alive together */
    bool mine = self == thread_current() && self->tid == (unsigned)gettid();
    pthread_barrier_wait(&barrier);
    return mine ? self : NULL;
}

static void threads_alive_together_have_one_each(void **state)
{
    static pthread_t threads[AT_ONCE];
    static void *given[AT_ONCE];
    struct trace_totals before, after;
    stack_accounts_sum(&before);
    for (int round = 0; round < 5; round++) {
        pthread_barrier_init(&barrier, NULL, AT_ONCE);
        for (int i = 0; i < AT_ONCE; i++)
            assert_int_equal(pthread_create(&threads[i], NULL, meet, (void *)1), 0);
        for (int i = 0; i < AT_ONCE; i++)
            pthread_join(threads[i], &given[i]);
        pthread_barrier_destroy(&barrier);
        for (int i = 0; i < AT_ONCE; i++) {
            assert_non_null(given[i]);
            for (int k = 0; k < i; k++)
                assert_ptr_not_equal(given[i], given[k]);
        }
    }
    stack_accounts_sum(&after);
    assert_int_equal(after.allocations - before.allocations, 5 * AT_ONCE);
    assert_true(structs() >= AT_ONCE);
    assert_true(structs() < 2 * AT_ONCE); /* the later rounds found the first one's */
    assert_int_equal(trace_log_header->losses.threads, 0);
}

static void *no_memory(struct chunk_table *table, unsigned number, size_t bytes, uint64_t first)
{
    (void)table, (void)number, (void)bytes, (void)first;
    return NULL;
}

enum { ASKED = 50 };
static void *ask(void *argument)
{
    struct thread *self = thread_current();
    (void)argument;
    for (int again = 1; again < ASKED && !self; again++)
        self = thread_current();
    pthread_barrier_wait(&barrier);
    return self;
}

/* Nor does it take memory each time it asks for one; two that ask at once may. */
static void without_room_a_thread_has_none(void **state)
{
    static pthread_t threads[800];
    pthread_barrier_init(&barrier, NULL, 800);
    trace_log_threads.grow = no_memory;
    unsigned without = 0;
    size_t before, after;
    pages_list(&before);
    for (int i = 0; i < 800; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, ask, NULL), 0);
    for (int i = 0; i < 800; i++) {
        void *given;
        pthread_join(threads[i], &given);
        without += !given;
    }
    assert_true(without > 0);
    assert_int_equal(trace_log_header->losses.threads, (uint64_t)without * ASKED);
    pages_list(&after);
    assert_in_range(after - before, 0, 800 + 2 * without);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_thread_keeps_its_struct),
        cmocka_unit_test(a_successor_begins_anew),
        cmocka_unit_test(sums_over_2_000_threads),
        cmocka_unit_test(threads_alive_together_have_one_each),
        cmocka_unit_test(without_room_a_thread_has_none), /* last: the table is full */
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
