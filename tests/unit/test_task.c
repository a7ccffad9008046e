#include "os/task.h"
#include "scratch.h"

#include <pthread.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <unistd.h>
#include <cmocka.h>

#include "os/sys.h"

static void states_are_read_behind_the_name(void **state)
{
    assert_int_equal(task_state_of_stat("7 (a) S 1 7 7 0 -1 4194304 88"), TASK_ALIVE);
    assert_int_equal(task_state_of_stat("7 (x) Z 1) (y) R 1 7 7 0 -1 64 88"), TASK_ALIVE);
    assert_int_equal(task_state_of_stat("7 (a) Z 1 7 7 0 -1 4194304 88"), TASK_WITHOUT_CODE);
    assert_int_equal(task_state_of_stat("7 (iou-wrk-7) S 1 7 7 0 -1 4194384 88"),
                     TASK_WITHOUT_CODE);
    assert_int_equal(task_state_of_stat("7 (a) X 1 7 7 0 -1 64 88"), TASK_VANISHED);
    assert_int_equal(task_state_of_stat("7 (a"), TASK_VANISHED);
    assert_int_equal(task_state_of_stat(""), TASK_VANISHED);
}

static void calls_are_read_with_their_instruction(void **state)
{
    struct task_call call = {0};
    assert_true(task_call_of_text("202 0x7f5a 0x80 0x2 0x0 0x0 0x0 0x7ffe0 0x7f94061\n", &call));
    assert_int_equal(call.number, 202);
    assert_int_equal(call.first_argument, 0x7f5a);
    assert_int_equal(call.instruction, 0x7f94061);
    assert_false(task_call_of_text("running\n", &call));
    assert_false(task_call_of_text("-1 0x7ffe0 0x7f94061\n", &call)); /* a page fault */
    assert_false(task_call_of_text("202 0x7f5a 0x80\n", &call));
    assert_false(task_call_of_text("", &call));
}

static void status_lines_are_found_by_name(void **state)
{
    const char *status = "Name:\tPid:\nPid:\t5\nNSpid:\t5\t2\n";
    assert_ptr_equal(task_status_line(status, "Pid:\t"), status + 16);
    assert_ptr_equal(task_status_line(status, "NSpid:"), status + 24);
    assert_null(task_status_line(status, "SigBlk:"));
    assert_null(task_status_line("", "SigBlk:"));
}

static void own_thread(void **state)
{
    uint32_t tid = (uint32_t)sys_gettid();
    uint64_t mask = 1ull << 9, before; /* SIGUSR1 = 10 */
    assert_int_equal(task_numbers_differ(), 0);
    assert_int_equal(task_translate(tid), tid);
    assert_int_equal(task_state(tid), TASK_ALIVE);
    sys_sigprocmask(0, &mask, &before);
    assert_int_equal(task_blocks_signal(tid, 10), 1);
    assert_int_equal(task_blocks_signal(tid, 12), 0);
    sys_sigprocmask(2, &before, NULL);
    assert_int_equal(task_blocks_signal(tid, 10), 0);
}

static void no_thread(void **state)
{
    assert_int_equal(task_state(4000000000u), TASK_VANISHED);
    assert_int_equal(task_translate(4000000000u), 0);
    assert_int_equal(task_blocks_signal(4000000000u, 10), 0);
}

static atomic_int spinning;

static void *spin(void *unused)
{
    atomic_store(&spinning, (int)sys_gettid());
    while (atomic_load(&spinning) > 0)
        ;
    atomic_store(&spinning, -(int)sys_gettid());
    pthread_cleanup_push(scratch_cancelled, NULL);
    pause();
    pthread_cleanup_pop(0);
    return unused;
}

static void who_waits_sleeps(void **state)
{
    pthread_t thread;
    pthread_create(&thread, NULL, spin, NULL);
    int tid;
    while ((tid = atomic_load(&spinning)) <= 0)
        usleep(1000);
    assert_int_equal(task_sleeps((uint32_t)tid), 0);
    atomic_store(&spinning, 0);
    while (!task_sleeps((uint32_t)tid))
        usleep(1000);
    pthread_cancel(thread);
    pthread_join(thread, NULL);
    assert_int_equal(task_sleeps(4000000000u), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(states_are_read_behind_the_name),
        cmocka_unit_test(calls_are_read_with_their_instruction),
        cmocka_unit_test(status_lines_are_found_by_name),
        cmocka_unit_test(own_thread),
        cmocka_unit_test(no_thread),
        cmocka_unit_test(who_waits_sleeps),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
