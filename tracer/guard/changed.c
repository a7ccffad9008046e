#include "guard/changed.h"

#include "events/misuse.h"
#include "os/tracing.h"
#include "tables/block_table.h"
#include "tables/stack_accounts.h"

#include <string.h>

static int fill_byte = -1;

void changed_begin(int fill)
{
    fill_byte = fill;
}

/* How many bytes are as they were. */
static uint64_t unchanged_copy(const char *now, const char *copy, uint64_t size)
{
    uint64_t i = 0;
    while (i < size && now[i] == copy[i])
        i++;
    return i;
}

static uint64_t unchanged_fill(const char *now, uint64_t from, uint64_t size)
{
    while (from < size && now[from] == (char)fill_byte)
        from++;
    return from;
}

void changed_look_at_kept(const struct kept_block *block, const void *copy)
{
    const char *now = (const char *)block->address;
    uint64_t same = memcmp(now, copy, block->copied) == 0
                        ? block->copied
                        : unchanged_copy(now, copy, block->copied);
    if (same == block->copied)
        same = fill_byte >= 0 ? unchanged_fill(now, same, block->size) : block->size;
    if (same == block->size || !tracing_is_on())
        return;
    struct trace_error error = {.kind = TRACE_CHANGED_FREED,
                                .address_kind = TRACE_ADDRESS_LIVE_BLOCK,
                                .address = block->address + same,
                                .block = block->address,
                                .block_size = block->size,
                                .given = same,
                                .stack = block->stack_freed,
                                .stack_allocated = stack_accounts_stack(block->account)};
    misuse_add(&error);
}

void changed_look_at_guarded(struct guard_slot *slot, uint32_t account, uint32_t stack)
{
    int64_t offset;
    if (!guard_area_is_overrun(slot, &offset) || !tracing_is_on())
        return;
    struct trace_error error = {.kind = TRACE_OVERRUN,
                                .address_kind = TRACE_ADDRESS_LIVE_BLOCK,
                                .address = slot->address + (uint64_t)offset,
                                .block = slot->address,
                                .block_size = slot->size,
                                .given = (uint64_t)offset,
                                .stack = stack,
                                .stack_allocated = stack_accounts_stack(account)};
    misuse_add(&error);
    atomic_fetch_or_explicit(&slot->stained, GUARD_STAIN_TOLD, memory_order_relaxed);
}

static void look_at_live(void *context, struct guard_slot *slot)
{
    struct block block;
    (void)context;
    if (block_table_find(slot->address, &block))
        changed_look_at_guarded(slot, block.account, 0);
}

static void look_at_kept(void *context, const struct kept_block *block, const void *copy)
{
    (void)context;
    if (!guard_area_owns((const void *)block->address))
        changed_look_at_kept(block, copy);
}

void changed_look_at_live(void)
{
    guard_area_for_each_live(look_at_live, NULL);
}

void changed_look_at_all(void)
{
    changed_look_at_live();
    kept_blocks_for_each(look_at_kept, NULL);
}
