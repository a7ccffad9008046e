#include "events/mapped.h"

#include "events/event.h"
#include "os/signals.h"
#include "os/sys.h"
#include "tables/mappings.h"
#include "trace_format.h"

#include <stdatomic.h>

bool mapped_is_on;

bool mapped_begin(void)
{
    mapped_is_on = mappings_begin();
    return mapped_is_on;
}

/* --- one at a time ------------------------------------------------------- */

/* As that of pools: a handler above a thread that holds it could map, too, or jump out; so signals
 * are blocked. A thread that forks waits for those that wait or hold. */
static atomic_bool taken;

bool mapped_enter(struct mapped_call *call, const struct call_site *site)
{
    call->thread = thread_current();
    if (!call->thread)
        return false;
    call->stack = site ? event_stack_rarely(call->thread, site) : 0;
    const uint64_t set = signals_to_block();
    call->is_blocked = !sys_is_error(sys_sigprocmask(SIG_BLOCK, &set, &call->mask));
    atomic_store_explicit(&call->thread->gate.at_length, true, memory_order_release);
    while (atomic_exchange_explicit(&taken, true, memory_order_acquire))
        sys_sched_yield();
    return true;
}

/* Release: who takes it, and a fork's child, finds the table whole. */
void mapped_leave(struct mapped_call *call)
{
    atomic_store_explicit(&taken, false, memory_order_release);
    atomic_store_explicit(&call->thread->gate.at_length, false, memory_order_release);
    if (call->is_blocked)
        sys_sigprocmask(SIG_SETMASK, &call->mask, NULL);
}

void mapped_forked(void)
{
    atomic_store(&taken, false);
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
