#include "events/event.h"

#include "capture/stack_deep.h"
#include "capture/stack_memory.h"
#include "check/leak_scan.h"
#include "log/trace_log.h"
#include "os/sys.h"

#include <signal.h>

__attribute__((cold)) void event_lose_stack(void)
{
    trace_log_lose(&trace_log_header->losses.stacks_unknown, 1);
}

/* Whether an address lies on the thread's stack for signal handlers, while the thread is not on it.
 */
static bool is_on_idle_stack(uintptr_t address)
{
    stack_t stack;
    return sys_sigaltstack(NULL, &stack) == 0 && stack.ss_flags == 0 &&
           address - (uintptr_t)stack.ss_sp < stack.ss_size;
}

/* Busy already: mostly this is a signal handler above a capture, whose frames are not ours to
 * touch. But a handler may also have left by a jump, and the capture below it never ends: then the
 * thread has come out of that part of its stack. */
__attribute__((cold)) bool event_was_left(struct thread *thread, uintptr_t at)
{
    bool on_one_stack =
        stack_memory_is_readable(thread, thread->busy) && at < thread->readable.high;
    bool left = (at >= thread->busy && on_one_stack) || is_on_idle_stack(thread->busy);
    thread->was_left |= left;
    return left;
}

/* That a stack came up for the first time costs time of the tracer's, which is not the program's.
 */
uint32_t event_find_account(struct thread *thread, uint32_t stack)
{
    uint32_t mark = thread->apart.is_in_use ? TRACE_STACK_IGNORED : 0;
    uint32_t account = stack_accounts_find(thread, stack | mark);
    stack_deep_still_known(thread);
    return account;
}

uint32_t event_stack_rarely(struct thread *thread, const struct call_site *site)
{
    return event_stack(thread, site);
}

uint32_t event_account_rarely(struct thread *thread, const struct call_site *site)
{
    return event_account(thread, site);
}

struct trace_account *event_own_account_for(struct thread *thread, uint32_t account)
{
    uint32_t own = thread->account_unknown;
    /* All others stand still, and of a record that is made here the program knows nothing. */
    if (account && leak_scan_is_child())
        return stack_accounts_at(account);
    if (account && event_enter(thread, (uintptr_t)__builtin_frame_address(0))) {
        own = stack_accounts_find(thread, stack_accounts_key(account));
        event_leave(thread);
    }
    return stack_accounts_at(own);
}

void event_lose_block(size_t size)
{
    trace_log_lose(&trace_log_header->losses.blocks, 1);
    trace_log_lose(&trace_log_header->losses.block_bytes, size);
}
