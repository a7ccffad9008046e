#include "events/mapped.h"

#include "events/event.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/signals.h"
#include "os/sys.h"
#include "tables/mappings.h"
#include "trace_format.h"

bool mapped_is_on;

bool mapped_begin(void)
{
    mapped_is_on = mappings_begin();
    return mapped_is_on;
}

/* --- one at a time ------------------------------------------------------- */

static struct long_lock table; /* of mappings */

bool mapped_enter(struct mapped_call *call, const struct call_site *site)
{
    struct thread *thread = thread_current();
    uint32_t stack = thread && site ? event_stack_rarely(thread, site) : 0;
    if (!thread || !long_lock_take(&table, &call->hold, thread, signals_to_block_for_a_call())) {
        trace_log_lose(&trace_log_header->losses.mappings, 1);
        return false;
    }
    call->stack = stack;
    return true;
}

void mapped_leave(struct mapped_call *call)
{
    long_lock_give(&table, &call->hold);
}

void mapped_forked(void)
{
    long_lock_forked(&table);
}

/* --- what is mapped ------------------------------------------------------ */

/* The kernel's pages; false: there are none, or it is no range. */
static bool range(uint64_t address, size_t size, uint64_t *end)
{
    return size > 0 && !__builtin_add_overflow(address, size, end) &&
           !__builtin_add_overflow(*end, (uint64_t)SYS_PAGE - 1, end) &&
           (*end &= ~(uint64_t)(SYS_PAGE - 1)) > address;
}

void mapped_map(const struct mapped_call *call, uint64_t address, size_t size, uint32_t kind)
{
    uint64_t end;
    if (range(address, size, &end))
        mappings_put(address, end, call->stack, kind);
}

void mapped_unmap(uint64_t address, size_t size)
{
    uint64_t end;
    if (range(address, size, &end))
        mappings_cut(address, end);
}

/* What becomes smaller in its place stays what it was. */
void mapped_move(const struct mapped_call *call, uint64_t from, size_t old_size, uint64_t to,
                 size_t new_size, bool stays)
{
    uint32_t kind = mappings_kind_at(from, TRACE_MAPPED_PRIVATE);
    uint64_t old_end, new_end;
    if (from == to && range(from, old_size, &old_end) && range(to, new_size, &new_end) &&
        new_end <= old_end) {
        mappings_cut(new_end, old_end);
        return;
    }
    if (!stays)
        mapped_unmap(from, old_size);
    mapped_map(call, to, new_size, kind);
}

void mapped_break(const struct mapped_call *call, uint64_t before, uint64_t after)
{
    if (after > before)
        mappings_put(before, after, call->stack, TRACE_MAPPED_PRIVATE);
    else if (after < before)
        mappings_cut(after, before);
}
