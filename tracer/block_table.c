#include "block_table.h"

#include "block_generation.h"
#include "block_size.h"
#include "swap.h"
#include "trace_log.h"

#define CHUNK_BITS   10u  /* addresses that stay together */
#define GRANULE_BITS 5u   /* the smallest distance of two blocks of glibc's malloc */
#define MOVE_SLOTS   16u  /* slots moved with each insert: three would do to finish in time */
#define FLUSH_EVERY  32   /* inserts or removals that a thread keeps to itself */
#define LONG_WAY     512u /* an insert that goes further asks for growth */

static _Alignas(64) atomic_int_least64_t live; /* blocks, but for what threads keep to themselves */

/* --- one slot ------------------------------------------------------------ */

/* Addresses of one KiB stay together: what is allocated in a row is found in a row, on few cache
 * lines. Multiples of the golden ratio lie evenly in [0, 1), so the KiBs of a heap, which are
 * numbered in a row, do not fall on each other. Of larger pieces each collision costs more: with
 * 4 KiB, perl's small blocks were so far from home that the table grew when it was 60 % full. */
static inline uint64_t home_of(const struct block_generation *generation, uint64_t address)
{
    uint64_t hash = (address >> CHUNK_BITS) * 0x9e3779b97f4a7c15u;
    uint64_t index = (uint64_t)((unsigned __int128)hash * generation->capacity >> 64) +
                     (address >> GRANULE_BITS & ((1u << (CHUNK_BITS - GRANULE_BITS)) - 1));
    return index < generation->capacity ? index : index - generation->capacity;
}

static uint64_t where_with(uint64_t where, enum trace_state slot_state)
{
    return (where & ~(3ull << TRACE_STATE_SHIFT)) | (uint64_t)slot_state << TRACE_STATE_SHIFT;
}

static const uint64_t frozen = (uint64_t)TRACE_FROZEN << TRACE_STATE_SHIFT;

static inline uint64_t load_where(const struct trace_block *slot)
{
    return __atomic_load_n(&slot->where, __ATOMIC_ACQUIRE);
}

/* Pairs with load_where, and with the reader of the log. */
static inline bool swap_where(struct trace_block *slot, uint64_t from, uint64_t to)
{
    return swap_word(&slot->where, from, to);
}

/* Fills an empty slot, both words at once, so that a block has no instant half written. */
static inline bool fill_slot(struct trace_block *slot, uint64_t where, uint64_t what)
{
    uint64_t empty[2] = {0, __atomic_load_n(&slot->what, __ATOMIC_RELAXED)};
    uint64_t filled[2] = {where, what};
    return swap_pair((uint64_t(*)[2])slot, empty, filled);
}

bool block_table_begin(void)
{
    return block_generation_begin();
}

bool block_table_is_growing(void)
{
    return block_generation_is_growing();
}

/* --- inserting ----------------------------------------------------------- */

static void flush_count(int32_t *unflushed)
{
    int64_t now = atomic_fetch_add_explicit(&live, *unflushed, memory_order_relaxed) + *unflushed;
    *unflushed = 0;
    unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
    if (now > 0 && (uint64_t)now * 6 > block_generations[newest].capacity * 5)
        block_generation_grow(newest, false);
    if (__builtin_expect(atomic_load_explicit(&block_span.returning, memory_order_relaxed) != 0, 0))
        block_generation_give_back();
}

static void note_reach(struct block_generation *generation, uint64_t distance)
{
    uint64_t reach = atomic_load_explicit(&generation->reach, memory_order_relaxed);
    while (distance > reach &&
           !atomic_compare_exchange_weak_explicit(&generation->reach, &reach, distance,
                                                  memory_order_release, memory_order_relaxed))
        ;
}

/* The slot that was filled; NULL when the generation is an old one by now, or has no empty slot. */
static struct trace_block *insert_in(struct block_generation *generation, uint64_t where,
                                     uint64_t what, bool *full)
{
    uint64_t index = home_of(generation, trace_block_address(where));
    for (uint64_t distance = 0; distance < generation->capacity;) {
        struct trace_block *slot = &generation->slots[index];
        uint64_t there = load_where(slot);
        if (there == 0) {
            /* The reach first: a search that could meet the block must go far enough. */
            if (__builtin_expect(
                    distance > atomic_load_explicit(&generation->reach, memory_order_relaxed), 0))
                note_reach(generation, distance);
            if (fill_slot(slot, where, what))
                return slot;
            continue;
        }
        if (there == frozen)
            return NULL;
        if (++distance == LONG_WAY &&
            atomic_load_explicit(&live, memory_order_relaxed) > (int64_t)generation->capacity / 2)
            block_generation_grow((unsigned)(generation - block_generations), false);
        if (++index == generation->capacity)
            index = 0;
    }
    *full = true;
    return NULL;
}

/* A generation that was retired while this thread slept reads as empty: not a place. But if the
 * block is not there any longer, it came in time, and a mover has carried it on. */
static inline bool is_still_listed(struct trace_block *slot, uint64_t where, unsigned number)
{
    return __builtin_expect(
               atomic_load_explicit(&block_span.oldest, memory_order_seq_cst) <= number, 1) ||
           !swap_where(slot, where, 0);
}

/* Inserts into whichever generation is the newest. */
static struct trace_block *insert_newest(uint64_t where, uint64_t what)
{
    for (;;) {
        bool full = false;
        unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
        struct trace_block *slot = insert_in(&block_generations[newest], where, what, &full);
        if (full && !block_generation_wait(newest))
            return NULL;
        if (!slot)
            continue;
        if (is_still_listed(slot, where, newest))
            return slot;
    }
}

/* --- moving -------------------------------------------------------------- */

static void move_slot(struct trace_block *slot)
{
    for (;;) {
        uint64_t where = load_where(slot);
        if (where == 0) {
            if (swap_where(slot, 0, frozen))
                return;
            continue;
        }
        uint64_t what = __atomic_load_n(&slot->what, __ATOMIC_RELAXED);
        uint64_t arriving = where_with(where, TRACE_ARRIVING);
        struct trace_block *copy = insert_newest(arriving, what);
        if (!copy) {
            trace_log_lose(&trace_log_header->losses.blocks, 1);
            trace_log_lose(&trace_log_header->losses.block_bytes, trace_block_size(what));
        }
        if (swap_where(slot, where, where_with(where, TRACE_MOVED))) {
            /* From here the copy decides. If a remover has it already, there is nothing to make
             * live. */
            if (copy)
                swap_where(copy, arriving, where);
            __atomic_store_n(&slot->where, frozen, __ATOMIC_RELEASE);
            return;
        }
        /* Removed in between: the copy never counted. */
        if (copy)
            swap_where(copy, arriving, 0);
    }
}

static __attribute__((noinline, cold)) void move_some(unsigned oldest)
{
    struct block_generation *generation = &block_generations[oldest];
    uint64_t first =
        atomic_fetch_add_explicit(&generation->move_next, MOVE_SLOTS, memory_order_relaxed);
    if (first >= generation->capacity)
        return;
    for (uint64_t i = 0; i < MOVE_SLOTS; i++)
        move_slot(&generation->slots[first + i]);
    uint64_t done =
        atomic_fetch_add_explicit(&generation->move_done, MOVE_SLOTS, memory_order_acq_rel) +
        MOVE_SLOTS;
    if (done < generation->capacity)
        return;
    /* First out of the search, then its storage back: insert_newest relies on this order. */
    atomic_store_explicit(&block_span.oldest, oldest + 1, memory_order_seq_cst);
    block_generation_retire(oldest);
}

/* --- the table ----------------------------------------------------------- */

/* The usual case: one generation, and the block's own slot is empty. */
static inline bool insert_at_home(uint64_t where, uint64_t what)
{
    unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
    const struct block_generation *generation = &block_generations[newest];
    struct trace_block *slot = &generation->slots[home_of(generation, trace_block_address(where))];
    return atomic_load_explicit(&block_span.oldest, memory_order_relaxed) == newest &&
           load_where(slot) == 0 && fill_slot(slot, where, what) &&
           is_still_listed(slot, where, newest);
}

static inline void move_if_some_are_old(void)
{
    unsigned oldest = atomic_load_explicit(&block_span.oldest, memory_order_relaxed);
    if (oldest != atomic_load_explicit(&block_span.newest, memory_order_relaxed))
        move_some(oldest);
}

static __attribute__((noinline)) bool insert_and_move(uint64_t where, uint64_t what)
{
    if (!insert_newest(where, what))
        return false;
    move_if_some_are_old();
    return true;
}

static __attribute__((noinline, cold)) bool insert_huge(const struct block *block, uint64_t where)
{
    uint64_t what = TRACE_SIZE_ELSEWHERE | (uint64_t)block->count << TRACE_SIZE_BITS;
    if (!block_size_put(block->address, block->size))
        return false;
    if (insert_and_move(where, what))
        return true;
    block_size_take(block->address);
    return false;
}

bool block_table_insert(const struct block *block, int32_t *unflushed)
{
    uint64_t where = block->address | (uint64_t)block->family << TRACE_FAMILY_SHIFT |
                     (uint64_t)block->alignment_log2 << TRACE_ALIGNMENT_SHIFT;
    uint64_t what = block->size | (uint64_t)block->count << TRACE_SIZE_BITS;
    if (__builtin_expect(block->size >= TRACE_SIZE_ELSEWHERE, 0)) {
        if (!insert_huge(block, where))
            return false;
    } else if (!insert_at_home(where, what) && !insert_and_move(where, what)) {
        return false;
    }
    if (__builtin_expect(++*unflushed >= FLUSH_EVERY, 0))
        flush_count(unflushed);
    return true;
}

void block_table_prefetch(uint64_t address)
{
    unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
    const struct block_generation *generation = &block_generations[newest];
    __builtin_prefetch(&generation->slots[home_of(generation, address)], 1);
}

static inline void unpack(uint64_t where, uint64_t what, struct block *block)
{
    block->address = trace_block_address(where);
    block->size = trace_block_size(what);
    block->count = trace_block_count(what);
    block->alignment_log2 = trace_block_alignment_log2(where);
    block->family = trace_block_family(where);
}

/* Finds the slot that has the say on `address` in one generation: LIVE, or ARRIVING after a MOVED
 * further back. *moved is set where a MOVED one is passed. */
static struct trace_block *find_in(struct block_generation *generation, uint64_t address,
                                   bool *moved)
{
    uint64_t index = home_of(generation, address);
    uint64_t reach = atomic_load_explicit(&generation->reach, memory_order_acquire);
    struct trace_block *arriving = NULL;
    for (uint64_t distance = 0; distance <= reach; distance++) {
        struct trace_block *slot = &generation->slots[index];
        uint64_t where = load_where(slot);
        if (trace_block_address(where) == address) {
            enum trace_state slot_state = trace_block_state(where);
            if (slot_state == TRACE_LIVE)
                return slot;
            if (slot_state == TRACE_MOVED)
                *moved = true;
            else if (slot_state == TRACE_ARRIVING)
                arriving = slot;
        }
        if (++index == generation->capacity)
            index = 0;
    }
    return *moved ? arriving : NULL;
}

static inline bool take_slot(struct trace_block *slot, uint64_t address, bool moved,
                             struct block *block)
{
    uint64_t where = load_where(slot);
    uint64_t what = __atomic_load_n(&slot->what, __ATOMIC_RELAXED);
    enum trace_state slot_state = trace_block_state(where);
    if (trace_block_address(where) != address)
        return false;
    if (slot_state != TRACE_LIVE && !(slot_state == TRACE_ARRIVING && moved))
        return false;
    if (!swap_where(slot, where, 0))
        return false;
    unpack(where, what, block);
    return true;
}

static bool count_removal(uint64_t address, struct block *block, int32_t *unflushed)
{
    if (__builtin_expect(block->size == TRACE_SIZE_ELSEWHERE, 0))
        block->size = block_size_take(address);
    if (__builtin_expect(--*unflushed <= -FLUSH_EVERY, 0))
        flush_count(unflushed);
    return true;
}

static __attribute__((noinline)) bool remove_anywhere(uint64_t address, struct block *block)
{
    for (;;) {
        unsigned oldest = atomic_load_explicit(&block_span.oldest, memory_order_acquire);
        unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
        bool moved = false;
        /* Blocks move towards newer generations only, so one pass upwards cannot miss one. */
        for (unsigned number = oldest; number <= newest; number++) {
            struct trace_block *slot = find_in(&block_generations[number], address, &moved);
            if (!slot)
                continue;
            if (take_slot(slot, address, moved, block))
                return true;
            number--; /* it changed under us: look at this generation again */
        }
        /* Not there, or another thread was faster; unless the generations changed meanwhile. */
        if (oldest == atomic_load_explicit(&block_span.oldest, memory_order_acquire) &&
            newest == atomic_load_explicit(&block_span.newest, memory_order_acquire))
            return false;
    }
}

/* The usual case: the block lies where the newest generation has its place. Only one slot of all
 * has the say, so it does not matter whether there are older generations. */
static inline bool remove_at_home(uint64_t address, struct block *block)
{
    unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
    const struct block_generation *generation = &block_generations[newest];
    return take_slot(&generation->slots[home_of(generation, address)], address, false, block);
}

bool block_table_remove(uint64_t address, struct block *block, int32_t *unflushed)
{
    if (__builtin_expect(address == 0 || address >> TRACE_ADDRESS_BITS, 0))
        return false;
    if (!remove_at_home(address, block)) {
        if (!remove_anywhere(address, block))
            return false;
        /* A program that only frees from here on would search two generations to its end. */
        move_if_some_are_old();
    }
    return count_removal(address, block, unflushed);
}

bool block_table_find(uint64_t address, struct block *block)
{
    if (address == 0 || address >> TRACE_ADDRESS_BITS)
        return false;
    unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
    bool moved = false;
    for (unsigned number = atomic_load_explicit(&block_span.oldest, memory_order_acquire);
         number <= newest; number++) {
        const struct trace_block *slot = find_in(&block_generations[number], address, &moved);
        if (!slot)
            continue;
        unpack(load_where(slot), __atomic_load_n(&slot->what, __ATOMIC_RELAXED), block);
        if (block->size == TRACE_SIZE_ELSEWHERE)
            block->size = block_size_of(slot);
        return block->address == address;
    }
    return false;
}

/* Whether the slot, of generation `number`, has the say. A leak check may hold a mover right
 * between MOVED and the copy's LIVE. */
static bool counts(unsigned oldest, unsigned number, uint64_t where)
{
    uint64_t address = trace_block_address(where);
    bool moved = false;
    if (!address || trace_block_state(where) != TRACE_ARRIVING)
        return address && trace_block_state(where) == TRACE_LIVE;
    while (!moved && oldest < number)
        find_in(&block_generations[oldest++], address, &moved);
    return moved;
}

uint64_t block_table_live(void)
{
    int64_t blocks = atomic_load_explicit(&live, memory_order_relaxed);
    return blocks > 0 ? (uint64_t)blocks : 0;
}

void block_table_for_each(void (*visit)(void *, const struct trace_block *), void *context)
{
    unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
    unsigned oldest = atomic_load_explicit(&block_span.oldest, memory_order_acquire);
    for (unsigned number = oldest; number <= newest; number++) {
        const struct block_generation *generation = &block_generations[number];
        for (uint64_t i = 0; i < generation->capacity; i++) {
            struct trace_block slot = {
                load_where(&generation->slots[i]),
                __atomic_load_n(&generation->slots[i].what, __ATOMIC_RELAXED)};
            if (!counts(oldest, number, slot.where))
                continue;
            slot.where = where_with(slot.where, TRACE_LIVE);
            visit(context, &slot);
        }
    }
}

int64_t block_table_check(void)
{
    int64_t count = 0;
    unsigned newest = atomic_load_explicit(&block_span.newest, memory_order_acquire);
    for (unsigned number = atomic_load_explicit(&block_span.oldest, memory_order_acquire);
         number <= newest; number++) {
        const struct block_generation *generation = &block_generations[number];
        for (uint64_t i = 0; i < generation->capacity; i++) {
            uint64_t where = load_where(&generation->slots[i]);
            uint64_t address = trace_block_address(where);
            if (!address)
                continue;
            uint64_t home = home_of(generation, address);
            uint64_t distance = i >= home ? i - home : i + generation->capacity - home;
            if (distance > atomic_load_explicit(&generation->reach, memory_order_relaxed))
                return -1;
            if (trace_block_state(where) != TRACE_LIVE)
                return -1;
            count++;
        }
    }
    return count;
}
