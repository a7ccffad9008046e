#include "events/observe.h"

#include "capture/stack_deep.h"
#include "capture/stack_memory.h"
#include "capture/unwind.h"
#include "check/leak_scan.h"
#include "libc/blank.h"
#include "libc/real.h"
#include "log/trace_log.h"
#include "log/trace_log_loss.h"
#include "os/sys.h"
#include "tables/block_parts.h"
#include "tables/freed_blocks.h"
#include "tables/stack_accounts.h"

#include <signal.h>

/* How many frames may lie between operator new and the malloc that it calls. */
#define LABEL_FRAMES 16

/* --- stacks and counts --------------------------------------------------- */

static __attribute__((noinline, cold)) void lose_stack(void)
{
    trace_log_lose(&trace_log_header->losses.stacks_unknown, 1);
}

/* Whether an address lies on the thread's stack for signal handlers, while the thread is not on it.
 */
static bool is_on_idle_stack(uintptr_t address)
{
    stack_t stack;
    return sys_call(SYS_sigaltstack, 0, (long)&stack, 0, 0, 0, 0) == 0 && stack.ss_flags == 0 &&
           address - (uintptr_t)stack.ss_sp < stack.ss_size;
}

/* Busy already: mostly this is a signal handler above a capture, whose frames are not ours to
 * touch. But a handler may also have left by a jump, and the capture below it never ends: then the
 * thread has come out of that part of its stack. */
static __attribute__((noinline, cold)) bool was_left(struct thread *thread, uintptr_t at)
{
    bool on_one_stack =
        stack_memory_is_readable(thread, thread->busy) && at < thread->readable_high;
    return (at >= thread->busy && on_one_stack) || is_on_idle_stack(thread->busy);
}

/* From here to leave() the thread's frames are under work. `at`: a stack address of the caller. */
static inline bool enter(struct thread *thread, uintptr_t at)
{
    if (__builtin_expect(thread->busy != 0, 0) && !was_left(thread, at))
        return false;
    thread->busy = at;
    return true;
}

static inline void leave(struct thread *thread)
{
    thread->busy = 0;
}

/* The stack of a call. */
static inline uint32_t capture(struct thread *thread, const struct call_site *site)
{
    uint32_t stack = 0;
    if (enter(thread, site->cfa)) {
        const struct stack_memo *memo = unwind_capture(thread, site);
        stack = memo ? memo->node : 0;
        leave(thread);
    }
    if (__builtin_expect(stack == 0, 0))
        lose_stack();
    return stack;
}

/* The thread's record in ACCOUNTS for the stack of a call. */
/* That a stack came up for the first time costs time of the tracer's, which is not the program's.
 */
static __attribute__((noinline)) uint32_t find_account(struct thread *thread, uint32_t stack)
{
    uint32_t account = stack_accounts_find(thread, stack);
    stack_deep_still_known(thread);
    return account;
}

static inline uint32_t capture_account(struct thread *thread, const struct call_site *site)
{
    uint32_t account = thread->account_unknown;
    if (enter(thread, site->cfa)) {
        struct stack_memo *memo = unwind_capture(thread, site);
        if (__builtin_expect(memo && memo->account == 0, 0))
            memo->account = find_account(thread, memo->node);
        if (memo)
            account = memo->account;
        leave(thread);
    }
    if (__builtin_expect(account == thread->account_unknown, 0))
        lose_stack();
    return account;
}

static __attribute__((noinline)) uint32_t capture_rarely(struct thread *thread,
                                                         const struct call_site *site)
{
    return capture(thread, site);
}

uint32_t observe_stack(const struct call_site *site)
{
    struct thread *thread = thread_current();
    return thread ? capture_rarely(thread, site) : 0;
}

static __attribute__((noinline)) struct trace_account *own_account_for(struct thread *thread,
                                                                       uint32_t account)
{
    uint32_t own = thread->account_unknown;
    /* All others stand still, and of a record that is made here the program knows nothing. */
    if (account && leak_scan_is_child())
        return stack_accounts_at(account);
    if (account && enter(thread, (uintptr_t)__builtin_frame_address(0))) {
        own = stack_accounts_find(thread, stack_accounts_stack(account));
        leave(thread);
    }
    return stack_accounts_at(own);
}

/* The thread's own record for the stack of a block, which another thread may have allocated. */
static inline struct trace_account *own_account(struct thread *thread, uint32_t account)
{
    struct trace_account *record = stack_accounts_at(account);
    return __builtin_expect(record->thread == thread->record_index, 1)
               ? record
               : own_account_for(thread, account);
}

static void lose_block(size_t size)
{
    trace_log_lose(&trace_log_header->losses.blocks, 1);
    trace_log_lose(&trace_log_header->losses.block_bytes, size);
}

static inline void record_at(struct thread *thread, uint64_t *home, const struct block *block)
{
    thread->latest = (const void *)block->address;
    if (__builtin_expect(block_table_insert_at(home, block), 1))
        thread_count(&thread->live_blocks, 1);
    else
        lose_block(block->size);
}

static inline void record(struct thread *thread, const struct block *block)
{
    record_at(thread, block_table_home(block->address), block);
}

static inline bool take_at(struct thread *thread, uint64_t *home, uint64_t address,
                           struct block *block)
{
    bool taken = block_table_remove_at(home, address, block);
    if (__builtin_expect(taken, 1))
        thread_count(&thread->live_blocks, -(uint64_t)1);
    return taken;
}

static inline bool take(struct thread *thread, const void *pointer, struct block *block)
{
    uint64_t address = (uint64_t)pointer;
    return take_at(thread, block_table_home(address), address, block);
}

/* --- allocation ---------------------------------------------------------- */

/* Whether it is memory for an exception, which is about to leave operator new. The function stays
 * where it was found; until a library has it there are no exceptions. */
static bool is_exceptions(uintptr_t return_address)
{
    static _Atomic uint64_t found_begin, found_end;
    uint64_t end = atomic_load_explicit(&found_end, memory_order_acquire);
    uint64_t begin = atomic_load_explicit(&found_begin, memory_order_relaxed);
    if (end == 0) {
        real_extent("__cxa_allocate_exception", &begin, &end);
        atomic_store_explicit(&found_begin, begin, memory_order_relaxed);
        /* Release: who sees the end sees the beginning. */
        atomic_store_explicit(&found_end, end, memory_order_release);
    }
    return return_address - 1 - begin < end - begin;
}

/* Whether the labelled operator new is still on the stack: an exception may have left it. */
static __attribute__((noinline)) bool label_is_outside(struct thread *thread,
                                                       const struct call_site *site)
{
    bool holds = false;
    if (enter(thread, site->cfa)) {
        holds = unwind_is_inside(thread, site, thread->label.site, LABEL_FRAMES, is_exceptions);
        leave(thread);
    }
    if (holds)
        thread->label_distance = (struct thread_label_distance){
            site->return_address, thread->label.outer.cfa - site->cfa};
    return holds;
}

/* Mostly the same operator new calls malloc from the same place: then it is as far away as last
 * time, and its return address is where it was. */
static inline bool label_holds(struct thread *thread, const struct call_site *site)
{
    const struct call_site *outer = &thread->label.outer;
    if (site->return_address == thread->label_distance.return_address &&
        outer->cfa - site->cfa == thread->label_distance.distance &&
        stack_memory_word(outer->cfa - 8) == outer->return_address)
        return true;
    return label_is_outside(thread, site);
}

static __attribute__((noinline)) void record_labelled(struct thread *thread, void *pointer,
                                                      size_t size)
{
    struct thread_label *label = &thread->label;
    struct block block = {(uint64_t)pointer, label->size, 0, label->alignment_log2, label->family};
    label->site = NULL;
    label->pointer = pointer;
    label->malloc_size = size;
    block.account = capture_account(thread, &label->outer);
    stack_accounts_allocated(thread, stack_accounts_at(block.account), block.size);
    record(thread, &block);
}

void observe_allocation(void *pointer, size_t size, enum trace_family family,
                        uint32_t alignment_log2, const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block block = {(uint64_t)pointer, size, 0, alignment_log2, family};
    if (__builtin_expect(!thread, 0)) {
        lose_block(size);
        return;
    }
    /* Less than new was asked for is not its block, but of what it does besides. */
    if (__builtin_expect(thread->label.site != NULL, 0) && size >= thread->label.size) {
        if (label_holds(thread, site)) {
            record_labelled(thread, pointer, size);
            return;
        }
        thread->label.site = NULL;
    }
    /* The block's slot is rarely in the cache and needed last, so it is prefetched first. */
    uint64_t *home = block_table_home((uint64_t)pointer);
    block.account = capture_account(thread, site);
    stack_accounts_allocated(thread, stack_accounts_at(block.account), size);
    record_at(thread, home, &block);
}

void observe_allocation_failed(void)
{
    struct thread *thread = thread_self;
    /* What operator new allocates now is its exception, or memory after a new_handler's work. */
    if (thread)
        thread->label.site = NULL;
}

void observe_new_begin(const struct observe_new *what, const struct call_site *site)
{
    struct thread *thread = thread_current();
    if (!thread || (thread->label.site && label_holds(thread, site)))
        return;
    thread->label = (struct thread_label){.outer = *site,
                                          .family = what->family,
                                          .alignment_log2 = what->alignment_log2,
                                          .size = what->size};
    thread->label.site = &thread->label.outer;
}

/* Set once a replaced operator was seen to return a pointer into its block. */
static atomic_bool headers_seen;

/* The block that was recorded as operator new's is malloc's: what new returned is another one, or
 * a header stands before it. */
static void record_as_malloc(struct thread *thread, const struct thread_label *label)
{
    struct block block;
    if (!take(thread, label->pointer, &block))
        return;
    stack_accounts_take_back(thread, own_account(thread, block.account), block.size);
    block.size = label->malloc_size;
    block.family = TRACE_BY_MALLOC;
    block.alignment_log2 = 0;
    stack_accounts_allocated(thread, own_account(thread, block.account), block.size);
    record(thread, &block);
}

bool observe_is_behind_header(void *pointer)
{
    struct block block;
    return atomic_load_explicit(&headers_seen, memory_order_relaxed) &&
           !block_table_find((uint64_t)pointer, &block) &&
           misuse_find_block((uint64_t)pointer, &block);
}

static __attribute__((noinline, cold)) void record_new(struct thread *thread, void *pointer,
                                                       const struct observe_new *what,
                                                       const struct call_site *site)
{
    struct block block;
    /* Either a malloc after a failed first one, recorded as malloc's, or memory that no malloc
     * gave. */
    if (take(thread, pointer, &block))
        stack_accounts_take_back(thread, own_account(thread, block.account), block.size);
    else
        blank_new(pointer, what->size);
    block = (struct block){(uint64_t)pointer, what->size, 0, what->alignment_log2, what->family};
    block.account = capture_account(thread, site);
    stack_accounts_allocated(thread, stack_accounts_at(block.account), block.size);
    record(thread, &block);
}

void observe_new_done(void *pointer, const struct observe_new *what, const struct call_site *site)
{
    struct thread *thread = thread_current();
    /* An operator new that another one called: the outermost is the program's. */
    if (!thread || thread->label.outer.cfa > site->cfa)
        return;
    struct thread_label label = thread->label;
    bool is_ours = label.outer.cfa == site->cfa && label.pointer;
    thread->label = (struct thread_label){0};
    if (__builtin_expect(is_ours && label.pointer == pointer, 1))
        return;
    if (is_ours)
        record_as_malloc(thread, &label);
    if (is_ours && (uintptr_t)pointer - (uintptr_t)label.pointer < label.malloc_size)
        atomic_store_explicit(&headers_seen, true, memory_order_relaxed);
    else
        record_new(thread, pointer, what, site);
}

/* --- free ---------------------------------------------------------------- */

/* Whether live blocks may be missing from the table. */
static bool some_are_missing(void)
{
    const struct trace_losses *losses = &trace_log_header->losses;
    return __atomic_load_n(&losses->blocks, __ATOMIC_RELAXED) ||
           __atomic_load_n(&losses->fork_threads, __ATOMIC_RELAXED) || trace_log_loss_is_there();
}

static bool pass_on_unknown(void)
{
    trace_log_lose(&trace_log_header->losses.frees_unknown, 1);
    return true;
}

/* No live block begins at the address. Where blocks went unrecorded it may be one of those, and is
 * passed on, as is a block that came past us; else it is the program's mistake, and is not. */
static __attribute__((noinline, cold)) bool free_unknown(struct thread *thread, void *pointer,
                                                         const struct call_site *site)
{
    if (leak_scan_is_child())
        return true;
    if (!thread || some_are_missing())
        return pass_on_unknown();
    uint32_t stack = capture_rarely(thread, site);
    if (misuse_is_unseen_block(thread, (uint64_t)pointer, stack))
        return pass_on_unknown();
    thread_count(&thread->record->bad_frees, 1);
    unwind_drop(thread, site);
    misuse_bad_free(thread, (uint64_t)pointer, capture_rarely(thread, site));
    return false;
}

void observe_deleting(void *pointer)
{
    struct thread *thread = thread_current();
    if (thread)
        thread->deleting = pointer;
}

static void drop_part(void *context, const struct block *part)
{
    struct thread *thread = context;
    thread_count(&thread->live_blocks, -(uint64_t)1);
    stack_accounts_freed(thread, own_account(thread, part->account), part->size, false);
}

/* A free that does not fit its block as it is recorded. With a whole its parts go, before its
 * memory can be anybody's. false: it is of a part, which the real function must not see. */
static __attribute__((noinline, cold)) bool free_otherwise(struct block *block,
                                                           const struct misuse_free *how,
                                                           uint32_t stack)
{
    if (block_parts_is_whole(block)) {
        block_parts_take(block, drop_part, thread_self);
        block->family = TRACE_BY_MALLOC;
        block->alignment_log2 = 0;
    }
    if (!misuse_fits(block, how))
        misuse_check_free(block, how, stack);
    return !block_parts_is_part(block);
}

static inline __attribute__((always_inline)) void taken_out(struct thread *thread,
                                                            const struct block *block,
                                                            uint32_t stack)
{
    freed_blocks_put(thread, block, stack);
    stack_accounts_freed(thread, own_account(thread, block->account), block->size,
                         thread->latest == (const void *)block->address);
}

bool observe_free(void *pointer, const struct misuse_free *how, const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block block;
    if (__builtin_expect(!thread, 0))
        return free_unknown(NULL, pointer, site);
    if (__builtin_expect(thread->deleting != NULL, 0) && thread->deleting == pointer) {
        thread->deleting = NULL;
        return true;
    }
    uint64_t *home = block_table_home((uint64_t)pointer);
    /* The allocator's header is next: so both come at once. */
    __builtin_prefetch((char *)pointer - 8, 1);
    uint32_t stack = capture(thread, site);
    if (__builtin_expect(!take_at(thread, home, (uint64_t)pointer, &block), 0))
        return free_unknown(thread, pointer, site);
    taken_out(thread, &block, stack);
    if (__builtin_expect(!misuse_fits(&block, how), 0)) {
        struct block copy = block; /* so that the block itself stays in registers */
        return free_otherwise(&copy, how, stack);
    }
    return true;
}

/* --- parts --------------------------------------------------------------- */

void observe_part(uint64_t address, size_t size, const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block part = {address, size, 0, TRACE_PART, TRACE_BY_REQUEST};
    struct block whole;
    if (!thread || !block_parts_find_whole(&part, (uint64_t)thread->latest, &whole))
        return;
    part.account = capture_account(thread, site);
    stack_accounts_allocated(thread, stack_accounts_at(part.account), size);
    if (block_parts_divide(&whole, &part))
        thread_count(&thread->live_blocks, 1);
    else
        lose_block(size);
}

/* --- realloc ------------------------------------------------------------- */

static __attribute__((noinline)) void replaced(struct thread *thread, const struct block *old,
                                               const struct call_site *site)
{
    static const struct misuse_free how = {.family = TRACE_BY_MALLOC};
    struct block copy = *old;
    uint32_t stack = capture_rarely(thread, site);
    taken_out(thread, old, stack);
    if (!misuse_fits(&copy, &how))
        free_otherwise(&copy, &how, stack);
}

bool observe_realloc_begin(void *pointer, struct block *old, const struct call_site *site)
{
    struct thread *thread = thread_current();
    if (thread && take(thread, pointer, old)) {
        if (__builtin_expect(!block_parts_is_part(old), 1))
            return true;
        record(thread, old);
    }
    *old = (struct block){0};
    return free_unknown(thread, pointer, site);
}

void observe_realloc_failed(const struct block *old)
{
    struct thread *thread = thread_current();
    if (thread && old->address)
        record(thread, old);
}

void observe_realloc_done(const struct block *old, void *pointer, size_t size, bool freed,
                          const struct call_site *site)
{
    struct thread *thread = thread_current();
    if (thread && old->address)
        replaced(thread, old, site);
    if (!freed)
        observe_allocation(pointer, size, TRACE_BY_MALLOC, 0, site);
}
