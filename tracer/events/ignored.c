#include "events/ignored.h"

#include "events/event.h"
#include "events/marked.h"

#include <stdint.h>

/* --- what a thread allocates --------------------------------------------- */

/* Both sets stand on the same remembered frames; whichever is used next after an unloading forgets
 * those, because its epoch is older. */
static void change_memos(struct thread *thread)
{
    struct thread_apart *apart = &thread->apart;
    struct thread_memos memos = thread->memos;
    uint32_t epoch = thread->code_epoch;
    thread->memos = apart->memos;
    thread->code_epoch = apart->memos.slots ? apart->code_epoch : UINT32_MAX;
    apart->memos = memos;
    apart->code_epoch = epoch;
    apart->is_in_use = !apart->is_in_use;
}

/* Not in a signal handler above a capture, which uses the memos. What is allocated there has no
 * known stack, and so no account to be marked. */
static void change_if_need_be(struct thread *thread)
{
    if (thread->apart.is_in_use == (thread->apart.depth > 0) ||
        !event_enter(thread, (uintptr_t)__builtin_frame_address(0)))
        return;
    change_memos(thread);
    event_leave(thread);
}

void ignored_begin(void)
{
    struct thread *thread = thread_current();
    if (!thread)
        return;
    thread->apart.depth++;
    change_if_need_be(thread);
}

void ignored_end(void)
{
    struct thread *thread = thread_current();
    if (!thread || thread->apart.depth == 0)
        return;
    thread->apart.depth--;
    change_if_need_be(thread);
}

bool ignored_block(const void *pointer)
{
    struct block block;
    return marked_block((uint64_t)pointer, TRACE_STACK_IGNORED, &block);
}
