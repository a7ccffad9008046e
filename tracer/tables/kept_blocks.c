#include "tables/kept_blocks.h"

#include "os/pages.h"
#include "os/sys.h"

#include <string.h>

#define RINGS      2u /* of a thread: for small blocks and big ones */
#define RING_FIRST 8u /* so many threads have the larger rings */
#define RECORD     ((uint32_t)sizeof(struct kept_block))
#define RING_MIN   ((uint64_t)64 << 10)
#define RING_BIG   ((uint64_t)4 << 20)
#define LEAVE_MAX  64u /* at one free: what remains is the next one's */
#define PATIENCE   1000

struct kept_ring {
    atomic_uint taken; /* somebody is at it */
    char *bytes;       /* NULL: there is none yet */
    uint64_t capacity; /* a power of two */
    uint64_t head, tail;
    uint64_t latest; /* where what was put last begins */
};
struct kept_rings {
    struct kept_ring rings[RINGS];
};

static uint64_t volume_max, big_size;
static kept_blocks_leave *leave;
static atomic_int_fast64_t volume;
static atomic_uint rings_made;

/* --- a ring ------------------------------------------------------------------- */

static bool take(struct kept_ring *ring)
{
    return !atomic_exchange_explicit(&ring->taken, 1, memory_order_acquire);
}

static bool take_patiently(struct kept_ring *ring)
{
    for (int i = 0; i < PATIENCE; i++) {
        if (take(ring))
            return true;
        sys_sched_yield();
    }
    return false;
}

static void give_back(struct kept_ring *ring)
{
    atomic_store_explicit(&ring->taken, 0, memory_order_release);
}

static struct kept_block *record_at(const struct kept_ring *ring, uint64_t at)
{
    return (struct kept_block *)(ring->bytes + (at & (ring->capacity - 1)));
}

/* Up to the ring's end. */
static uint64_t room_at(const struct kept_ring *ring, uint64_t at)
{
    return ring->capacity - (at & (ring->capacity - 1));
}

/* The oldest record, behind what was left empty; NULL: there is none. */
static struct kept_block *oldest(struct kept_ring *ring)
{
    while (ring->tail < ring->head) {
        uint64_t room = room_at(ring, ring->tail);
        if (room >= RECORD && record_at(ring, ring->tail)->address)
            return record_at(ring, ring->tail);
        ring->tail += room;
    }
    return NULL;
}

static bool let_oldest_leave(struct kept_ring *ring)
{
    struct kept_block *block = ring->bytes ? oldest(ring) : NULL;
    if (!block)
        return false;
    leave(block, block + 1);
    atomic_fetch_sub_explicit(&volume, (int64_t)block->size, memory_order_relaxed);
    ring->tail += block->length;
    return true;
}

static bool make_room(struct kept_ring *ring, uint32_t length)
{
    uint64_t room = room_at(ring, ring->head);
    uint64_t wanted = length <= room ? length : room + length;
    if (wanted > ring->capacity)
        return false;
    while (ring->capacity - (ring->head - ring->tail) < wanted)
        if (!let_oldest_leave(ring))
            ring->tail = ring->head;
    if (length > room) {
        if (room >= RECORD)
            record_at(ring, ring->head)->address = 0;
        ring->head += room;
    }
    return true;
}

static uint64_t capacity_for(bool big)
{
    unsigned number = atomic_fetch_add_explicit(&rings_made, 1, memory_order_relaxed);
    uint64_t wanted = number < RING_FIRST * RINGS ? 2 * volume_max : volume_max / 4;
    uint64_t capacity = RING_MIN;
    while (capacity < wanted && !(big && capacity >= RING_BIG))
        capacity *= 2;
    return capacity;
}

static bool has_bytes(struct kept_ring *ring, bool big)
{
    if (ring->bytes)
        return true;
    ring->capacity = capacity_for(big);
    ring->bytes = pages_map(ring->capacity);
    return ring->bytes != NULL;
}

static struct kept_ring *ring_for(struct thread *thread, uint64_t size)
{
    if (!thread->kept)
        thread->kept = pages_map(sizeof(struct kept_rings));
    return thread->kept ? &thread->kept->rings[size >= big_size] : NULL;
}

/* --- as many as may be kept --------------------------------------------------- */

static bool is_too_much(void)
{
    return atomic_load_explicit(&volume, memory_order_relaxed) > (int64_t)volume_max;
}

static bool let_one_leave(struct kept_rings *rings)
{
    for (unsigned i = RINGS; i-- > 0;) {
        bool left = take(&rings->rings[i]);
        if (left) {
            left = let_oldest_leave(&rings->rings[i]);
            give_back(&rings->rings[i]);
        }
        if (left)
            return true;
    }
    return false;
}

/* By turns the thread's own and another's, so that nobody keeps for ever what others could keep
 * instead. */
static void trim(struct thread *own)
{
    static _Atomic(struct thread *) cursor;
    for (unsigned i = 0; is_too_much() && i < LEAVE_MAX; i++) {
        struct thread *other = atomic_load_explicit(&cursor, memory_order_acquire);
        other = other && other->next ? other->next : thread_first();
        atomic_store_explicit(&cursor, other, memory_order_release);
        if (other && other->kept && let_one_leave(other->kept))
            continue;
        let_one_leave(own->kept);
    }
}

bool kept_blocks_put(struct thread *thread, const struct kept_block *block, uint32_t copy_max,
                     const void **copy)
{
    uint32_t copied = block->size < copy_max ? (uint32_t)block->size : copy_max;
    uint32_t length = (RECORD + copied + 7) & ~7u;
    struct kept_ring *ring =
        thread && block->size <= volume_max ? ring_for(thread, block->size) : NULL;
    if (!ring || !take(ring))
        return false;
    bool kept = has_bytes(ring, block->size >= big_size) && make_room(ring, length);
    if (kept) {
        struct kept_block *record = record_at(ring, ring->head);
        *record = *block;
        record->length = length;
        record->copied = copied;
        memcpy(record + 1, (const void *)block->address, copied);
        *copy = record + 1;
        ring->latest = ring->head;
        ring->head += length;
        atomic_fetch_add_explicit(&volume, (int64_t)block->size, memory_order_relaxed);
    }
    give_back(ring);
    return kept;
}

void kept_blocks_trim(struct thread *thread)
{
    if (is_too_much() && thread && thread->kept)
        trim(thread);
}

/* --- looking ------------------------------------------------------------------ */

static void for_each_in(struct kept_ring *ring,
                        void (*visit)(void *context, struct kept_block *block), void *context)
{
    if (!ring->bytes || !take_patiently(ring))
        return;
    for (uint64_t at = ring->tail; at < ring->head;) {
        uint64_t room = room_at(ring, at);
        struct kept_block *record = record_at(ring, at);
        if (room < RECORD || !record->address) {
            at += room;
            continue;
        }
        visit(context, record);
        at += record->length;
    }
    give_back(ring);
}

static void for_each(void (*visit)(void *context, struct kept_block *block), void *context)
{
    for (struct thread *thread = thread_first(); thread; thread = thread->next)
        for (unsigned i = 0; thread->kept && i < RINGS; i++)
            for_each_in(&thread->kept->rings[i], visit, context);
}

struct search {
    uint64_t address;
    bool interior;
    struct kept_block *found;
};

static void compare(void *context, struct kept_block *block)
{
    struct search *search = context;
    if (search->interior ? search->address - block->address < block->size
                         : search->address == block->address)
        *search->found = *block;
}

bool kept_blocks_find(uint64_t address, bool interior, struct kept_block *block)
{
    struct search search = {address, interior, block};
    *block = (struct kept_block){0};
    if (volume_max)
        for_each(compare, &search);
    return block->address != 0;
}

/* It was not known either, but what malloc can hold there. */
static void tell_size(struct kept_block *block, uint64_t size)
{
    if (size >= block->size)
        return;
    atomic_fetch_sub_explicit(&volume, (int64_t)(block->size - size), memory_order_relaxed);
    block->size = size;
    if (block->copied > size)
        block->copied = (uint32_t)size;
}

void kept_blocks_tell(struct thread *thread, const struct kept_block *told)
{
    for (unsigned i = 0; thread->kept && i < RINGS; i++) {
        struct kept_ring *ring = &thread->kept->rings[i];
        if (!ring->bytes || !take(ring))
            continue;
        struct kept_block *block = record_at(ring, ring->latest);
        if (ring->latest >= ring->tail && ring->latest < ring->head &&
            block->address == told->address) {
            tell_size(block, told->size);
            block->moved_to = told->moved_to;
            block->account = told->account;
            block->stack_freed = told->stack_freed;
        }
        give_back(ring);
    }
}

struct visitor {
    void (*visit)(void *context, const struct kept_block *block, const void *copy);
    void *context;
};

static void visit_one(void *context, struct kept_block *block)
{
    const struct visitor *visitor = context;
    visitor->visit(visitor->context, block, block + 1);
}

void kept_blocks_for_each(void (*visit)(void *context, const struct kept_block *block,
                                        const void *copy),
                          void *context)
{
    struct visitor visitor = {visit, context};
    for_each(visit_one, &visitor);
}

void kept_blocks_begin(uint64_t most, uint64_t big, kept_blocks_leave *leaves)
{
    volume_max = most;
    big_size = big;
    leave = leaves;
}
