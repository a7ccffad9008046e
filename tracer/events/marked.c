#include "events/marked.h"

#include "events/event.h"
#include "events/misuse.h"

static uint32_t marked_account(struct thread *thread, uint32_t account, uint32_t mark)
{
    uint32_t key = stack_accounts_key(account);
    uint32_t marked = account;
    if (!key || !event_enter(thread, (uintptr_t)__builtin_frame_address(0)))
        return account;
    marked = stack_accounts_find(thread, key | mark);
    event_leave(thread);
    return marked == thread->account_unknown ? account : marked;
}

bool marked_is(const struct block *block, uint32_t mark)
{
    return stack_accounts_key(block->account) & mark;
}

bool marked_block(uint64_t address, uint32_t mark, struct block *block)
{
    struct thread *thread = thread_current();
    if (!thread || (!block_table_find(address, block) && !misuse_find_block(address, block)))
        return false;
    if (!block_table_remove(block->address, block))
        return false;
    block->account = marked_account(thread, block->account, mark);
    if (!block_table_insert(block)) {
        event_lose_block(block->size);
        return false;
    }
    return marked_is(block, mark);
}
