#include "tables/recount.h"

#include "log/trace_log.h"
#include "scratch.h"
#include "tables/block_table.h"
#include "tables/stack_accounts.h"
#include "tables/usage.h"

#include <setjmp.h>
#include <stdarg.h>
#include <cmocka.h>

static struct trace_account *account;

/* Two blocks, of 100 and of 20 bytes. */
static int set_up(void **state)
{
    scratch_begin_log("recount.log");
    struct thread *self = thread_current();
    usage_begin();
    account = stack_accounts_at(self->account_unknown);
    for (uint64_t i = 0; i < 2; i++) {
        struct block block = {0x10000 + 64 * i, i ? 20 : 100, self->account_unknown, 0,
                              TRACE_BY_MALLOC};
        stack_accounts_allocated(self, account, block.size);
        block_table_insert(&block);
        thread_count(&self->live_blocks, 1);
    }
    return 0;
}

static void what_agrees_stays(void **state)
{
    struct recount count;
    recount_take(&count);
    assert_int_equal(count.blocks, 2);
    assert_int_equal(count.account_blocks, 2);
    assert_int_equal(count.bytes, 120);
    assert_int_equal(count.account_bytes, 120);
    assert_true(recount_blocks_agree(&count) && recount_bytes_agree(&count));
    assert_int_equal(recount_forked(), 0);
    assert_int_equal(usage_peak->live_bytes, 120);
    assert_int_equal(thread_live_blocks(), 2);
}

/* Another thread had counted its bytes and not handed them over, or had, and has them here still.
 */
static void totals_follow_the_accounts(void **state)
{
    usage_peak->live_bytes = 8312;
    thread_current()->usage.unflushed = -8192;
    thread_current()->live_blocks = 3;
    assert_int_equal(recount_forked(), 0);
    assert_int_equal(usage_peak->live_bytes, 120);
    assert_int_equal(thread_current()->usage.unflushed, 0);
    assert_int_equal(thread_live_blocks(), 2);
}

/* It was counted as allocated and not put into the table, or taken out and not counted as freed. */
static void a_block_between_is_told(void **state)
{
    stack_accounts_allocated(thread_current(), account, 50);
    assert_int_equal(recount_forked(), 1);
    assert_int_equal(usage_peak->live_bytes, 170);
    assert_int_equal(thread_live_blocks(), 2);
    trace_log_header->losses.blocks = 1;
    trace_log_header->losses.block_bytes = 50;
    assert_int_equal(recount_forked(), 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {cmocka_unit_test(what_agrees_stays),
                                       cmocka_unit_test(totals_follow_the_accounts),
                                       cmocka_unit_test(a_block_between_is_told)};
    return cmocka_run_group_tests(tests, set_up, NULL);
}
