#include "guard/touch.h"

#include "events/event.h"
#include "events/misuse.h"
#include "os/memory_read.h"
#include "os/own_stack.h"
#include "os/sys.h"
#include "os/tracing.h"
#include "tables/block_table.h"
#include "tables/stack_accounts.h"

#include <errno.h>

#define FAULT_WRITES 2u /* in the processor's word on a fault */

struct fault {
    uint64_t address;
    const ucontext_t *context;
    struct guard_slot *slot;
    bool taken;
};

/* --- what is said of it -------------------------------------------------------- */

void touch_describe(struct trace_error *error, const struct guard_slot *slot)
{
    struct block live;
    unsigned state = atomic_load_explicit(&slot->state, memory_order_acquire);
    if (state == GUARD_SLOT_NONE)
        return;
    error->block = slot->address;
    error->block_size = slot->size;
    if (state == GUARD_SLOT_LIVE) {
        if (!block_table_find(slot->address, &live))
            return;
        error->address_kind = TRACE_ADDRESS_LIVE_BLOCK;
        error->stack_allocated = stack_accounts_stack(live.account);
        return;
    }
    error->address_kind = TRACE_ADDRESS_FREED_BLOCK;
    error->stack_allocated = stack_accounts_stack(slot->account);
    error->stack_freed = slot->stack_freed;
}

static void read_instruction(struct trace_error *error, uint64_t at)
{
    struct memory_reader reader;
    if (memory_read_open(&reader) != 0)
        return;
    memory_read(&reader, at, error->instruction, sizeof error->instruction);
    memory_read_close(&reader);
}

static void record(const struct fault *fault)
{
    const greg_t *registers = fault->context->uc_mcontext.gregs;
    struct thread *thread = thread_current();
    bool writes = registers[REG_ERR] & FAULT_WRITES;
    if (!thread || !tracing_is_on())
        return;
    struct call_site site = {.return_address = (uintptr_t)registers[REG_RIP] + 1,
                             .cfa = (uintptr_t)registers[REG_RSP],
                             .bp = (uintptr_t)registers[REG_RBP]};
    struct trace_error error = {.kind = writes ? TRACE_INVALID_WRITE : TRACE_INVALID_READ,
                                .address = fault->address,
                                .stack = event_stack_rarely(thread, &site)};
    touch_describe(&error, fault->slot);
    read_instruction(&error, (uint64_t)registers[REG_RIP]);
    misuse_add(&error);
}

/* --- the memory ----------------------------------------------------------------- */

/* The pages of a live block are open: either another thread has just been given what this one
 * touched, and it may try again; or the program has closed them itself. */
static bool may_try_again(uint64_t address, uint64_t instruction)
{
    static _Thread_local uint64_t latest[2] __attribute__((tls_model("initial-exec")));
    bool again = latest[0] == address && latest[1] == instruction;
    latest[0] = again ? 0 : address;
    latest[1] = instruction;
    return !again;
}

static void take(void *context)
{
    struct fault *fault = context;
    struct guard_slot *slot = fault->slot;
    unsigned state = atomic_load_explicit(&slot->state, memory_order_acquire);
    bool inside = state != GUARD_SLOT_NONE && guard_area_is_in_pages(slot, fault->address);
    if (inside && state == GUARD_SLOT_OPENING) {
        fault->taken = guard_area_reopen(slot);
    } else if (inside && state != GUARD_SLOT_LIVE && state != GUARD_SLOT_OPENED) {
        record(fault);
        fault->taken = guard_area_reopen(slot);
    } else if (inside) {
        fault->taken =
            may_try_again(fault->address, (uint64_t)fault->context->uc_mcontext.gregs[REG_RIP]);
    } else {
        record(fault);
        fault->taken = guard_area_stain(slot, fault->address);
    }
}

bool touch_is_possible(void)
{
    return guard_area_bytes != 0;
}

bool touch_take(const siginfo_t *info, const ucontext_t *context)
{
    struct fault fault = {(uint64_t)info->si_addr, context, NULL, false};
    int saved_errno = errno;
    fault.slot = info->si_code > 0 ? guard_area_slot(fault.address) : NULL;
    if (fault.slot)
        own_stack_run(OWN_STACK_LEARNING, take, &fault);
    errno = saved_errno;
    return fault.taken;
}
