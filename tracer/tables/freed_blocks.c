#include "tables/freed_blocks.h"

#include "log/trace_log.h"
#include "os/pages.h"

#define LARGE_RINGS 8u

atomic_uint freed_blocks_clock;

static __attribute__((noinline, cold)) struct freed_block *make_ring(struct thread *thread)
{
    uint32_t slots = thread->record_index <= LARGE_RINGS ? FREED_BLOCKS : FREED_BLOCKS_LATER;
    struct freed_block *ring = pages_map(slots * sizeof *ring);
    if (!ring)
        return NULL;
    thread->freed.mask = slots - 1;
    /* Release: a search that finds the ring knows how large it is. */
    __atomic_store_n(&thread->freed.ring, ring, __ATOMIC_RELEASE);
    return ring;
}

__attribute__((noinline)) struct freed_block *freed_blocks_turn(struct thread *thread)
{
    atomic_fetch_add_explicit(&freed_blocks_clock, 1, memory_order_relaxed);
    return thread->freed.ring ? thread->freed.ring : make_ring(thread);
}

/* --- searching ----------------------------------------------------------- */

struct search {
    uint64_t address;
    bool interior;
    struct freed_block found; /* address 0: none yet */
};

/* Copies a slot; false: its thread is at it. */
static bool read_slot(const struct freed_block *slot, struct freed_block *copy)
{
    uint64_t address = __atomic_load_n(&slot->address, __ATOMIC_ACQUIRE);
    copy->address = address;
    copy->size = __atomic_load_n(&slot->size, __ATOMIC_RELAXED);
    copy->account = __atomic_load_n(&slot->account, __ATOMIC_RELAXED);
    copy->stack_freed = __atomic_load_n(&slot->stack_freed, __ATOMIC_RELAXED);
    copy->clock = __atomic_load_n(&slot->clock, __ATOMIC_RELAXED);
    copy->family = __atomic_load_n(&slot->family, __ATOMIC_RELAXED);
    __atomic_thread_fence(__ATOMIC_ACQUIRE);
    return __atomic_load_n(&slot->address, __ATOMIC_RELAXED) == address;
}

static bool is_hit(const struct search *search, const struct freed_block *block)
{
    if (block->address == 0)
        return false;
    return search->interior ? search->address - block->address < block->size
                            : search->address == block->address;
}

/* The latest first: an address may have been freed before. */
static void search_ring(struct search *search, const struct thread *thread)
{
    const struct freed_block *ring = __atomic_load_n(&thread->freed.ring, __ATOMIC_ACQUIRE);
    uint32_t next = __atomic_load_n(&thread->freed.count, __ATOMIC_RELAXED);
    for (uint32_t age = 0; ring && age <= thread->freed.mask; age++) {
        struct freed_block block;
        if (!read_slot(&ring[(next - 1 - age) & thread->freed.mask], &block) ||
            !is_hit(search, &block))
            continue;
        if (search->found.address == 0 || (int32_t)(block.clock - search->found.clock) > 0)
            search->found = block;
        return;
    }
}

static bool search_rings(struct search *search)
{
    for (const struct thread *thread = thread_first(); thread; thread = thread->next)
        search_ring(search, thread);
    return search->found.address != 0;
}

bool freed_blocks_find(uint64_t address, bool interior, struct block *block, uint32_t *stack_freed)
{
    struct search search = {.address = address};
    if (!search_rings(&search)) {
        search.interior = true;
        if (!interior || !search_rings(&search))
            return false;
    }
    *block = (struct block){search.found.address, search.found.size, search.found.account, 0,
                            (enum trace_family)search.found.family};
    *stack_freed = search.found.stack_freed;
    return true;
}

bool freed_blocks_latest(const struct thread *thread, uint64_t address, struct freed_block *block)
{
    const struct freed_block *ring = thread->freed.ring;
    uint32_t next = thread->freed.count;
    /* A signal handler may have freed some since. */
    for (uint32_t age = 0; ring && age < FREED_BLOCKS_TURN; age++) {
        *block = ring[(next - 1 - age) & thread->freed.mask];
        if (block->address == address)
            return true;
    }
    return false;
}

void freed_blocks_for_each(void (*visit)(void *context, const struct freed_block *block),
                           void *context)
{
    for (const struct thread *thread = thread_first(); thread; thread = thread->next) {
        const struct freed_block *ring = __atomic_load_n(&thread->freed.ring, __ATOMIC_ACQUIRE);
        for (uint32_t i = 0; ring && i <= thread->freed.mask; i++) {
            struct freed_block block;
            if (read_slot(&ring[i], &block) && block.address)
                visit(context, &block);
        }
    }
}

static bool check_ring(const struct thread *thread)
{
    uint64_t accounts = atomic_load_explicit(&trace_log_accounts.count, memory_order_acquire);
    uint64_t nodes = atomic_load_explicit(&trace_log_nodes.count, memory_order_acquire);
    const struct freed_block *ring = thread->freed.ring;
    for (uint32_t i = 0; ring && i <= thread->freed.mask; i++)
        if (ring[i].address && (ring[i].account >= accounts || ring[i].stack_freed >= nodes))
            return false;
    return true;
}

bool freed_blocks_check(void)
{
    bool good = true;
    for (const struct thread *thread = thread_first(); thread; thread = thread->next)
        good &= check_ring(thread);
    return good;
}
