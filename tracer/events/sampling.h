/* sampling: --sample=BYTES, tracing of some blocks only, for programs that run for weeks.
 *
 * Each byte that is allocated is drawn with a chance of 1 in BYTES; a block with a drawn byte is
 * recorded, and stands for as many as its chance says (trace_weight). Between two drawn bytes lie
 * so many others that an exponential distribution with this mean says how many (Poisson process;
 * as in tcmalloc and jemalloc): a thread counts them down, which is all that most calls
 * of malloc cost. A free looks into a table of bytes by the hash of the address, where blocks that
 * are recorded have left a mark.
 *
 * There are no leak kinds, since most blocks are not known, and no bad frees. Callable from any
 * thread at any moment while tracing is on; errno is left as found. Failure leaves the block
 * unrecorded, and is counted. */
#ifndef SAMPLING_H
#define SAMPLING_H

#include "tables/block_table.h"
#include "tables/thread.h"

#define SAMPLING_MARKS_LOG2 14u

/* Bytes until the next drawn one. */
extern _Thread_local uint64_t sampling_left
    __attribute__((tls_model("initial-exec"), visibility("hidden")));
/* By hash of address: how many recorded blocks there are; 255: or more. */
extern uint8_t *sampling_marks __attribute__((visibility("hidden")));

/* Called once, before tracing is on. false: there is no memory. */
bool sampling_begin(uint64_t bytes);

/* The drawn byte is among the next `size`: draws the next one. false: the thread had none yet, and
 * it is not. */
bool sampling_draw(size_t size);

/* Counts a block of `size` that is not to be recorded. false: it may be. */
static inline bool sampling_passes(size_t size)
{
    uint64_t left = sampling_left;
    if (__builtin_expect(size > left, 0))
        return false;
    sampling_left = left - size;
    return true;
}
/* Whether a block of `size` that is allocated now is to be recorded. */
static inline bool sampling_is_due(size_t size)
{
    return !sampling_passes(size) && sampling_draw(size);
}
/* Whether one will be that is allocated next. */
bool sampling_will_draw(size_t size);
static inline bool sampling_will_be_due(size_t size)
{
    return __builtin_expect(size > sampling_left, 0) && sampling_will_draw(size);
}

static inline uint8_t *sampling_mark(const void *pointer)
{
    return &sampling_marks[(uint64_t)pointer * 0x9e3779b97f4a7c15u >> (64 - SAMPLING_MARKS_LOG2)];
}
/* false: the block is not recorded. */
static inline bool sampling_may_have(const void *pointer)
{
    return __builtin_expect(__atomic_load_n(sampling_mark(pointer), __ATOMIC_RELAXED) != 0, 0);
}

/* A new block, which is due. */
void sampling_allocated(void *pointer, size_t size, enum trace_family family,
                        uint32_t alignment_log2, const struct call_site *site);
/* Takes a block out, before the real function frees it. false: it is not recorded. */
bool sampling_take(void *pointer, struct block *block);
/* It is free, or was not freed after all. */
void sampling_freed(const struct block *block);
void sampling_put_back(const struct block *block);
/* Both. */
void sampling_free(void *pointer);

#endif
