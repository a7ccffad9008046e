#include "os/lock_breaker.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/time.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/futex.h>
#include <cmocka.h>

#include "os/sys.h"

/* Begins the breaker in a child, calls `work` and ends it; the child's wait status. */
static int in_child(int (*work)(void))
{
    int status = 0;
    pid_t child = fork();
    if (child == 0) {
        lock_breaker_begin();
        int result = work();
        lock_breaker_end();
        _exit(result);
    }
    assert_int_equal(waitpid(child, &status, 0), child);
    return status;
}

/* As libc's own locks: 2 is a lock that somebody waits for. */
static int lock_twice(void)
{
    static uint32_t word;
    for (int i = 0; i < 5; i++)
        while (__atomic_exchange_n(&word, 2, __ATOMIC_ACQUIRE) != 0)
            sys_futex(&word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 2, NULL);
    return 7;
}

static _Noreturn int wait_for_ever(void)
{
    static uint32_t word;
    for (;;)
        sys_futex(&word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, 0, NULL);
}

/* Longer than several looks. */
static int wait_with_a_limit(void)
{
    static uint32_t word = 1;
    const struct timespec limit = {0, 50000000};
    sys_futex(&word, FUTEX_WAIT_BITSET | FUTEX_PRIVATE_FLAG, 1, &limit);
    return word == 1 ? 7 : 8;
}

static int sleep_and_compute(void)
{
    struct timespec left = {0, 50000000};
    while (sys_call(SYS_nanosleep, (long)&left, (long)&left, 0, 0, 0, 0) != 0)
        ;
    for (volatile int i = 0; i < 30000000; i++)
        ;
    return 7;
}

static int leave_no_timer(void)
{
    struct itimerval timer;
    lock_breaker_end();
    getitimer(ITIMER_REAL, &timer);
    return timer.it_value.tv_sec == 0 && timer.it_value.tv_usec == 0 ? 7 : 8;
}

static void assert_comes_to_its_end(int (*work)(void))
{
    int status = in_child(work);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 7);
}

static void lock_that_nobody_gives_back_is_taken(void **state)
{
    assert_comes_to_its_end(lock_twice);
}

static void who_waits_for_ever_is_ended(void **state)
{
    int status = in_child(wait_for_ever);
    assert_true(WIFEXITED(status));
    assert_int_equal(WEXITSTATUS(status), 1);
}

static void other_waits_are_left_alone(void **state)
{
    assert_comes_to_its_end(wait_with_a_limit);
    assert_comes_to_its_end(sleep_and_compute);
    assert_comes_to_its_end(leave_no_timer);
}

static void only_a_wait_without_a_limit_is_one_for_a_lock(void **state)
{
    static const unsigned char code[] = {0x0f, 0x05, 0x90, 0x90};
    uint32_t word = 1;
    ucontext_t context = {0};
    greg_t *registers = context.uc_mcontext.gregs;
    registers[REG_RIP] = (greg_t)(uintptr_t)code;
    registers[REG_RAX] = SYS_futex;
    registers[REG_RDI] = (greg_t)(uintptr_t)&word;
    registers[REG_RSI] = FUTEX_WAIT | FUTEX_PRIVATE_FLAG;
    assert_ptr_equal(lock_breaker_word(&context), &word);
    registers[REG_R10] = 1;
    assert_null(lock_breaker_word(&context));
    registers[REG_R10] = 0;
    registers[REG_RSI] = FUTEX_WAKE;
    assert_null(lock_breaker_word(&context));
    registers[REG_RSI] = FUTEX_WAIT;
    registers[REG_RIP] += 2;
    assert_null(lock_breaker_word(&context));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lock_that_nobody_gives_back_is_taken),
        cmocka_unit_test(who_waits_for_ever_is_ended),
        cmocka_unit_test(other_waits_are_left_alone),
        cmocka_unit_test(only_a_wait_without_a_limit_is_one_for_a_lock),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
