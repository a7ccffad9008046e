#include "events/observe_new.h"

#include "capture/stack_memory.h"
#include "events/event.h"
#include "events/misuse.h"
#include "libc/blank.h"
#include "libc/real.h"

/* How many frames may lie between operator new and the malloc that it calls. */
#define LABEL_FRAMES 16

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
    if (event_enter(thread, site->cfa)) {
        holds = unwind_is_inside(thread, site, thread->label.site, LABEL_FRAMES, is_exceptions);
        event_leave(thread);
    }
    if (holds)
        thread->label_distance = (struct thread_label_distance){
            site->return_address, thread->label.outer.cfa - site->cfa};
    return holds;
}

/* Mostly the same operator new calls malloc from the same place: then it is as far away as last
 * time, and its return address is where it was. */
static inline bool label_holds_as_before(const struct thread *thread, const struct call_site *site)
{
    const struct call_site *outer = &thread->label.outer;
    return site->return_address == thread->label_distance.return_address &&
           outer->cfa - site->cfa == thread->label_distance.distance &&
           stack_memory_word(outer->cfa - 8) == outer->return_address;
}

static inline bool label_holds(struct thread *thread, const struct call_site *site)
{
    return label_holds_as_before(thread, site) || label_is_outside(thread, site);
}

static __attribute__((noinline)) void record_labelled(struct thread *thread, void *pointer,
                                                      size_t size)
{
    struct thread_label *label = &thread->label;
    struct block block = {(uint64_t)pointer, label->size, 0, label->alignment_log2, label->family};
    label->site = NULL;
    label->pointer = pointer;
    label->malloc_size = size;
    event_allocate(thread, block, &label->outer);
}

/* Less than new was asked for is not its block, but of what it does besides. */
static __attribute__((noinline)) void allocate_otherwise(struct thread *thread, struct block *block,
                                                         const struct call_site *site)
{
    bool fits = block->size >= thread->label.size;
    if (fits && label_is_outside(thread, site)) {
        record_labelled(thread, (void *)block->address, block->size);
        return;
    }
    if (fits)
        thread->label.site = NULL;
    event_allocate(thread, *block, site);
}

void observe_new_allocation(struct thread *thread, void *pointer, size_t size,
                            enum trace_family family, uint32_t alignment_log2,
                            const struct call_site *site)
{
    if (size >= thread->label.size && label_holds_as_before(thread, site)) {
        record_labelled(thread, pointer, size);
        return;
    }
    struct block block = {(uint64_t)pointer, size, 0, alignment_log2, family};
    allocate_otherwise(thread, &block, site);
}

bool observe_new_takes(struct thread *thread, struct block *block, const struct call_site *site)
{
    struct thread_label *label = &thread->label;
    if (!label->site || block->size < label->size || !label_holds(thread, site))
        return false;
    block->family = label->family;
    block->alignment_log2 = label->alignment_log2;
    label->site = NULL;
    return true;
}

void observe_new_failed(void)
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
    if (!event_take(thread, label->pointer, &block))
        return;
    stack_accounts_take_back(thread, event_own_account(thread, block.account), block.size);
    block.size = label->malloc_size;
    block.family = TRACE_BY_MALLOC;
    block.alignment_log2 = 0;
    stack_accounts_allocated(thread, event_own_account(thread, block.account), block.size);
    event_record(thread, &block);
}

bool observe_new_is_behind_header(void *pointer)
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
    if (event_take(thread, pointer, &block))
        stack_accounts_take_back(thread, event_own_account(thread, block.account), block.size);
    else
        blank_new(pointer, what->size);
    block = (struct block){(uint64_t)pointer, what->size, 0, what->alignment_log2, what->family};
    event_allocate(thread, block, site);
}

/* The rest of it is written before it is read. */
static inline void take_label_off(struct thread *thread)
{
    thread->label.site = NULL;
    thread->label.pointer = NULL;
    thread->label.outer.cfa = 0;
}

void observe_new_forget(const struct call_site *site)
{
    struct thread *thread = thread_self;
    if (thread && thread->label.outer.cfa == site->cfa)
        take_label_off(thread);
}

void observe_new_done(void *pointer, const struct observe_new *what, const struct call_site *site)
{
    struct thread *thread = thread_current();
    /* An operator new that another one called: the outermost is the program's. */
    if (!thread || thread->label.outer.cfa > site->cfa)
        return;
    bool is_ours = thread->label.outer.cfa == site->cfa && thread->label.pointer;
    if (__builtin_expect(is_ours && thread->label.pointer == pointer, 1)) {
        take_label_off(thread);
        return;
    }
    struct thread_label label = thread->label;
    take_label_off(thread);
    if (is_ours)
        record_as_malloc(thread, &label);
    if (is_ours && (uintptr_t)pointer - (uintptr_t)label.pointer < label.malloc_size)
        atomic_store_explicit(&headers_seen, true, memory_order_relaxed);
    else
        record_new(thread, pointer, what, site);
}
