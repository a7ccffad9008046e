#include "block_generation.h"

#include "sys.h"
#include "trace_log.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define FIRST_CAPACITY 8192u /* slots */
#define SMALL_CAPACITY (1u << 18)
#define READY_PIECE    (2u << 20) /* bytes that get their pages in one call: a millisecond or two */
#define RETURN_PIECE   (8u << 20) /* bytes that are given back in one call: so, too */
#define WAIT_ROUNDS    20000      /* for another thread's growth: a time slice and more */

struct block_generation block_generations[BLOCK_GENERATIONS_MAX];
struct block_span block_span;

static struct {
    atomic_uint growing;
    atomic_bool full;
    uint64_t returned; /* bytes of block_span.returning; under `growing` */
} growth;

static size_t size_of(const struct block_generation *generation)
{
    return generation->capacity * sizeof(struct trace_block);
}

/* The storage of a generation, which nobody sees yet. */
static bool make_generation(unsigned number, uint64_t capacity)
{
    struct block_generation *generation = &block_generations[number];
    generation->capacity = capacity;
    generation->slots = trace_log_extend(TRACE_BLOCKS, number, size_of(generation), 0);
    return generation->slots != NULL;
}

static void list_generation(unsigned number)
{
    /* Release: who sees the number finds the generation ready. */
    atomic_store_explicit(&block_span.newest, number, memory_order_release);
}

bool block_generation_begin(void)
{
    if (!make_generation(0, FIRST_CAPACITY))
        return false;
    list_generation(0);
    return true;
}

/* In long steps while the table is small and memory no matter, so that few blocks move often. */
static uint64_t next_capacity(uint64_t capacity)
{
    if (capacity < SMALL_CAPACITY)
        return capacity * 4;
    return (capacity + capacity / 2) & ~(uint64_t)255;
}

/* Pages of a piece at once, instead of a fault for each; and piece by piece, because those of a
 * large table take tenths of a second. */
static bool make_piece_ready(struct block_generation *generation)
{
    size_t left = size_of(generation) - generation->ready;
    size_t piece = left < READY_PIECE ? left : READY_PIECE;
    sys_madvise((char *)generation->slots + generation->ready, piece, MADV_POPULATE_WRITE);
    generation->ready += piece;
    return piece == left;
}

static bool prepare(unsigned number, bool at_once)
{
    struct block_generation *generation = &block_generations[number];
    if (number >= BLOCK_GENERATIONS_MAX ||
        (!generation->slots &&
         !make_generation(number, next_capacity(block_generations[number - 1].capacity))))
        return false;
    bool ready;
    do
        ready = make_piece_ready(generation);
    while (!ready && at_once);
    if (ready)
        list_generation(number);
    return true;
}

/* Whoever finds another thread growing goes on in the generation that is. */
static bool begin_growing(void)
{
    unsigned idle = 0;
    return atomic_compare_exchange_strong_explicit(&growth.growing, &idle, 1, memory_order_acquire,
                                                   memory_order_relaxed);
}

static void end_growing(void)
{
    atomic_store_explicit(&growth.growing, 0, memory_order_release);
}

/* A step towards the next generation, or all of the way. */
__attribute__((noinline, cold)) void block_generation_grow(unsigned newest, bool at_once)
{
    if (atomic_load_explicit(&growth.full, memory_order_relaxed) || !begin_growing())
        return;
    if (atomic_load_explicit(&block_span.newest, memory_order_relaxed) == newest &&
        !prepare(newest + 1, at_once))
        atomic_store_explicit(&growth.full, true, memory_order_relaxed);
    end_growing();
}

/* A step in giving back the storage of the generation that was retired last, or all that is left.
 * Its number is not 0 here: generation 0 is small and goes at once. */
static __attribute__((noinline, cold)) void give_back(bool all)
{
    unsigned number = atomic_load_explicit(&block_span.returning, memory_order_relaxed);
    size_t left = size_of(&block_generations[number]) - growth.returned;
    size_t piece = all || left < RETURN_PIECE ? left : RETURN_PIECE;
    trace_log_give_back((char *)block_generations[number].slots + growth.returned, piece);
    growth.returned += piece;
    if (piece == left)
        atomic_store_explicit(&block_span.returning, 0, memory_order_relaxed);
}

__attribute__((noinline, cold)) void block_generation_give_back(void)
{
    if (!begin_growing())
        return;
    if (atomic_load_explicit(&block_span.returning, memory_order_relaxed))
        give_back(false);
    end_growing();
}

/* Takes a generation that has moved off the log. Where its storage cannot be given back piece by
 * piece, because another thread is at that, it goes at once. */
void block_generation_retire(unsigned number)
{
    trace_log_retire(TRACE_BLOCKS, number);
    if (size_of(&block_generations[number]) <= RETURN_PIECE || !begin_growing()) {
        trace_log_give_back(block_generations[number].slots, size_of(&block_generations[number]));
        return;
    }
    if (atomic_load_explicit(&block_span.returning, memory_order_relaxed))
        give_back(true);
    growth.returned = 0;
    atomic_store_explicit(&block_span.returning, number, memory_order_relaxed);
    end_growing();
}

bool block_generation_is_growing(void)
{
    return atomic_load_explicit(&growth.growing, memory_order_relaxed) != 0;
}

/* The newest generation has no empty slot: true when there is another one now. The thread that
 * makes it may have been descheduled, and the slots that were left when it began are soon taken; it
 * is waited for, a bounded time, because a signal handler may stand above it. */
__attribute__((noinline, cold)) bool block_generation_wait(unsigned newest)
{
    for (int round = 0; round < WAIT_ROUNDS; round++) {
        block_generation_grow(newest, true);
        if (atomic_load_explicit(&block_span.newest, memory_order_acquire) != newest)
            return true;
        if (atomic_load_explicit(&growth.full, memory_order_relaxed))
            return false;
        sys_sched_yield();
    }
    return false;
}
