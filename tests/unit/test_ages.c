/* Ages: from each on a stack has another account, the same one until the next; the log has where
 * they begin. */
#include "tables/ages.h"

#include "scratch.h"
#include "log/trace_log.h"
#include "tables/stack_accounts.h"
#include "tables/stack_table.h"
#include "tables/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <cmocka.h>

static unsigned renewals;

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
static void renew(void)
{
    renewals++;
}

static int set_up(void **state)
{
    (void)state;
    scratch_begin_log("ages.log");
    usage_begin();
    return stack_table_begin(no_module, never_gone) ? 0 : -1;
}

static uint32_t account_of(unsigned stack)
{
    return stack_accounts_find(thread_current(),
                               stack_table_intern(TRACE_NODE_END, 0x1000 + stack, true));
}

static void accounts_begin_anew_with_an_age(void **state)
{
    (void)state;
    uint32_t first = account_of(1);
    assert_false(ages_are_due(UINT64_MAX - 1));
    assert_true(ages_begin(renew));
    assert_int_equal(first, account_of(1));
    uint32_t second = first;
    for (uint64_t age = 0, now = ages_next_ns; age < 6; age++, now = ages_next_ns) {
        uint32_t before = account_of(1);
        ages_take(now - 1);
        assert_int_equal(age, renewals);
        ages_take(now);
        assert_int_equal(age + 1, renewals);
        assert_int_equal(now * 2, ages_next_ns);
        second = account_of(1);
        assert_true(second > before);
        assert_true(second >= ages_first_account && before < ages_first_account);
        assert_int_equal(second, account_of(1));
        assert_true(account_of(2) > second);
        assert_int_equal(account_of(1) | TRACE_STACK_IGNORED, second | TRACE_STACK_IGNORED);
    }
    assert_int_equal(stack_accounts_stack(first), stack_accounts_stack(second));
}

/* As many as there is space for; then never again. */
static void the_last_age_has_no_end(void **state)
{
    (void)state;
    for (unsigned i = 0; i < 2 * TRACE_AGES_MAX; i++)
        ages_take(ages_next_ns);
    assert_true(ages_next_ns == UINT64_MAX);
    assert_true(renewals <= TRACE_AGES_MAX);
    uint32_t account = account_of(3);
    assert_int_equal(account, account_of(3));
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(accounts_begin_anew_with_an_age),
        cmocka_unit_test(the_last_age_has_no_end),
    };
    return cmocka_run_group_tests(tests, set_up, NULL);
}
