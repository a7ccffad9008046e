#include "observe.h"

#include "freed_table.h"
#include "leak_scan.h"
#include "trace_log.h"
#include "unwind.h"

/* How many frames may lie between operator new and the malloc that it calls. */
#define LABEL_FRAMES 16

/* --- stacks and counts ----------------------------------------------------------------------------- */

static inline uint32_t capture(struct thread *thread, const struct call_site *site)
{
    uint32_t stack = 0;
    /* Busy already: this is a signal handler above a capture, whose frames are not ours to touch. */
    if (__builtin_expect(!thread->busy, 1)) {
        thread->busy = 1;
        stack = unwind_capture(thread, site);
        thread->busy = 0;
    }
    if (__builtin_expect(stack == 0, 0))
        trace_log_lose(&trace_log_header->losses.stacks_unknown, 1);
    return stack;
}

uint32_t observe_stack(const struct call_site *site)
{
    struct thread *thread = thread_current();
    return thread ? capture(thread, site) : 0;
}

static inline void count_allocation(struct thread *thread, size_t size)
{
    thread_count(&thread->record->allocations, 1);
    thread_count(&thread->record->bytes_allocated, size);
}

static inline void count_free(struct thread *thread, size_t size)
{
    thread_count(&thread->record->frees, 1);
    thread_count(&thread->record->bytes_freed, size);
}

static inline void record(struct thread *thread, const struct block *block)
{
    if (__builtin_expect(block_table_insert(block, &thread->blocks_unflushed), 1))
        return;
    trace_log_lose(&trace_log_header->losses.blocks, 1);
    trace_log_lose(&trace_log_header->losses.block_bytes, block->size);
}

static void lose_block(size_t size)
{
    trace_log_lose(&trace_log_header->losses.blocks, 1);
    trace_log_lose(&trace_log_header->losses.block_bytes, size);
}

/* --- allocation ------------------------------------------------------------------------------------ */

/* Whether the labelled operator new is still on the stack: an exception may have left it. */
static bool label_holds(struct thread *thread, const struct call_site *site)
{
    bool holds = false;
    if (!thread->busy) {
        thread->busy = 1;
        holds = unwind_is_inside(thread, site, thread->label.site, LABEL_FRAMES);
        thread->busy = 0;
    }
    return holds;
}

static __attribute__((noinline)) void record_labelled(struct thread *thread, struct block *block)
{
    const struct call_site *site = &thread->label.outer;
    thread->label.site = NULL;
    block->family = thread->label.family;
    block->alignment_log2 = thread->label.alignment_log2;
    block->stack = capture(thread, site);
    thread->label.pointer = (void *)block->address;
    record(thread, block);
}

void observe_allocation(void *pointer, size_t size, enum trace_family family, uint32_t alignment_log2,
                        const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block block = {(uint64_t)pointer, size, 0, alignment_log2, family};
    if (__builtin_expect(!thread, 0)) {
        lose_block(size);
        return;
    }
    count_allocation(thread, size);
    if (__builtin_expect(thread->label.site != NULL, 0)) {
        if (label_holds(thread, site)) {
            record_labelled(thread, &block);
            return;
        }
        thread->label.site = NULL;
    }
    block.stack = capture(thread, site);
    record(thread, &block);
}

void observe_label(const struct call_site *site, enum trace_family family, uint32_t alignment_log2)
{
    struct thread *thread = thread_current();
    if (!thread)
        return;
    thread->label = (struct thread_label){.outer = *site, .family = family, .alignment_log2 = alignment_log2};
    thread->label.site = &thread->label.outer;
}

void observe_labelled(void *pointer, size_t size, enum trace_family family, uint32_t alignment_log2,
                      const struct call_site *site)
{
    struct thread *thread = thread_current();
    struct block block;
    if (!thread)
        return;
    thread->label.site = NULL;
    bool done = thread->label.pointer == pointer;
    thread->label.pointer = NULL;
    if (done)
        return;
    /* Another way of allocating: a malloc after a failed first one (recorded as malloc's), or memory
     * that no malloc gave (not recorded yet). */
    if (!block_table_remove((uint64_t)pointer, &block, &thread->blocks_unflushed)) {
        block = (struct block){(uint64_t)pointer, size, 0, 0, family};
        count_allocation(thread, size);
    }
    block.family = family;
    block.alignment_log2 = alignment_log2;
    block.stack = capture(thread, site);
    record(thread, &block);
}

/* --- free ------------------------------------------------------------------------------------------ */

/* No live block begins at the address. Where blocks went unrecorded it may be one of those, and is
 * passed on; else it is the program's mistake, and is not. */
static __attribute__((noinline, cold)) bool free_unknown(struct thread *thread, void *pointer, const struct call_site *site)
{
    if (leak_scan_is_child())
        return true;
    if (!thread || __atomic_load_n(&trace_log_header->losses.blocks, __ATOMIC_RELAXED)) {
        trace_log_lose(&trace_log_header->losses.frees_unknown, 1);
        return true;
    }
    thread_count(&thread->record->bad_frees, 1);
    misuse_bad_free(thread, (uint64_t)pointer, capture(thread, site));
    return false;
}

void observe_deleting(void *pointer)
{
    struct thread *thread = thread_current();
    if (thread)
        thread->deleting = pointer;
}

static inline void taken_out(struct thread *thread, const struct block *block, const struct misuse_free *how,
                             const struct call_site *site)
{
    uint32_t stack = capture(thread, site);
    freed_table_put(block, stack);
    count_free(thread, block->size);
    if (__builtin_expect(!misuse_fits(block, how), 0))
        misuse_check_free(thread, block, how, stack);
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
    if (__builtin_expect(!block_table_remove((uint64_t)pointer, &block, &thread->blocks_unflushed), 0))
        return free_unknown(thread, pointer, site);
    taken_out(thread, &block, how, site);
    return true;
}

/* --- realloc --------------------------------------------------------------------------------------- */

bool observe_realloc_begin(void *pointer, struct block *old, const struct call_site *site)
{
    struct thread *thread = thread_current();
    if (thread && block_table_remove((uint64_t)pointer, old, &thread->blocks_unflushed))
        return true;
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
    static const struct misuse_free how = {.family = TRACE_BY_MALLOC};
    struct thread *thread = thread_current();
    if (thread && old->address)
        taken_out(thread, old, &how, site);
    if (!freed)
        observe_allocation(pointer, size, TRACE_BY_MALLOC, 0, site);
}
