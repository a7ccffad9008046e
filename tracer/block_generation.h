/* block_generation: the storage of the block table, an extent of the log for each generation.
 *
 * The newest generation takes what is inserted, the others are on their way there (block_table.h
 * says how). A new one gets its pages, and a retired one gives them back, a few MiB at a time, each
 * piece by whatever thread comes along: for a large table all of it takes tenths of a second. One
 * thread at a time does that, and none waits for it as long as there are empty slots. */
#ifndef BLOCK_GENERATION_H
#define BLOCK_GENERATION_H

#include "trace_format.h"

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#define BLOCK_GENERATIONS_MAX 64u

struct block_generation {
    struct trace_block *slots;
    uint64_t capacity;           /* slots, a multiple of a page */
    uint64_t ready;              /* bytes that have their pages; all of them before it is listed */
    atomic_uint_least64_t reach; /* see block_table.h */
    atomic_uint_least64_t move_next; /* the first slot that no mover has claimed */
    atomic_uint_least64_t move_done; /* slots moved */
};
extern struct block_generation block_generations[BLOCK_GENERATIONS_MAX];

/* Written by growth only, so that the line stays shared. */
struct block_span {
    _Alignas(64) atomic_uint oldest; /* generations oldest … newest are searched */
    atomic_uint newest;              /* inserts go here */
    atomic_uint returning;           /* this one's storage is being given back; 0: none's */
};
extern struct block_span block_span;

/* Makes the first one; false: no memory at all. */
bool block_generation_begin(void);
/* A step towards one that is newer than `newest`, or all of the way. Without effect where another
 * thread is at it, or there is one already, or no room. */
void block_generation_grow(unsigned newest, bool at_once);
/* `newest` has no empty slot: true when there is a newer one now. The thread that makes it may have
 * been descheduled, and the slots that were left when it began are soon taken; it is waited for, a
 * bounded time, because a signal handler may stand above it. */
bool block_generation_wait(unsigned newest);
/* Takes one that is searched no longer off the log. */
void block_generation_retire(unsigned number);
/* A step in giving back the storage of what was retired, while block_span.returning is not 0. */
void block_generation_give_back(void);
/* Whether a thread is at any of this. */
bool block_generation_is_growing(void);

#endif
