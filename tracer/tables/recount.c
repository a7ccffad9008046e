#include "tables/recount.h"

#include "log/trace_log.h"
#include "tables/block_rare.h"
#include "tables/block_table.h"
#include "tables/stack_accounts.h"
#include "tables/usage.h"

static void add_accounts(struct recount *count)
{
    uint64_t claimed = atomic_load_explicit(&trace_log_accounts.count, memory_order_acquire);
    for (uint64_t i = 1; i < claimed && chunk_table_reserve(&trace_log_accounts, i, false); i++) {
        const struct trace_account *account = stack_accounts_at((uint32_t)i);
        int64_t bytes = (int64_t)(account->bytes_allocated - account->bytes_freed);
        count->account_blocks += account->allocations - account->frees;
        count->account_bytes += (uint64_t)bytes;
        count->account_bytes_at_peak +=
            account->peak_epoch == usage_peak->epoch ? account->bytes_at_peak : bytes;
    }
}

static void add_block(void *context, const struct trace_block *block)
{
    struct recount *count = context;
    struct trace_weight weight = trace_weight(
        trace_log_header->sample_bytes, trace_block_address(block->where), block_rare_size(block));
    count->blocks += weight.blocks;
    count->bytes += weight.bytes;
}

void recount_take(struct recount *count)
{
    *count = (struct recount){0};
    add_accounts(count);
    block_table_for_each(add_block, count);
}

/* What the accounts have more may be what was lost. */
bool recount_blocks_agree(const struct recount *count)
{
    return count->account_blocks - count->blocks <= trace_log_header->losses.blocks;
}

bool recount_bytes_agree(const struct recount *count)
{
    return count->account_bytes - count->bytes <= trace_log_header->losses.block_bytes;
}

/* Another thread may have handed its bytes over after the fork, in the memory that is shared with
 * the parent, and have them still here. */
static void put_totals_right(const struct recount *count)
{
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        thread->usage.unflushed = 0;
    usage_peak->live_bytes = (int64_t)count->account_bytes;
    if (thread_self)
        thread_count(&thread_self->live_blocks, count->blocks - thread_live_blocks());
}

uint64_t recount_forked(void)
{
    struct recount count;
    recount_take(&count);
    put_totals_right(&count);
    if (!recount_blocks_agree(&count)) {
        int64_t more = (int64_t)(count.account_blocks - count.blocks);
        return (uint64_t)(more < 0 ? -more : more);
    }
    return !recount_bytes_agree(&count);
}
