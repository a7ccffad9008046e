/* fake_heap: memory that only a test knows, at addresses of its choice, for the tests of reach.
 *
 *     FAKE_FILE   a mapped file, readable: vtables          FAKE_CODE   its code, executable
 *     FAKE_ROOTS  words that the program can use directly   FAKE_HEAP   blocks
 *
 * Between them there is nothing to be read. */
#ifndef FAKE_HEAP_H
#define FAKE_HEAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/reach.h"

#define FAKE_FILE        0x400000ull
#define FAKE_CODE        0x500000ull
#define FAKE_CODE_END    0x501000ull
#define FAKE_ROOTS       0x700000ull
#define FAKE_HEAP        0x10000000ull
#define FAKE_SMALL_WORDS 512u

struct fake_heap {
    uint64_t file[FAKE_SMALL_WORDS];
    uint64_t roots[FAKE_SMALL_WORDS];
    uint64_t *heap; /* heap_words of them */
    size_t heap_words;
    uint64_t hole_begin, hole_end; /* cannot be read, though it lies in one of the above */

    struct trace_block *blocks;
    struct reach_verdict *verdicts; /* on them, after fake_heap_finish */
    size_t n, max;
    uint64_t next; /* where the next block is put */
    size_t roots_used;
    uint64_t unused_begin, unused_end; /* said to hold only zeros */
    uint64_t large_size;               /* of blocks that say TRACE_SIZE_ELSEWHERE */
    bool in_place;                     /* offer memory in place */
    unsigned heuristics;
    size_t reads;

    struct reach reach;
    void *scratch;
};

void fake_heap_open(struct fake_heap *fake, size_t max_blocks, size_t heap_words);
void fake_heap_close(struct fake_heap *fake);

/* A block of `size` bytes behind the last one, 16 bytes or more apart from it. */
uint64_t fake_heap_block(struct fake_heap *fake, uint64_t size);
/* Stores a word of the heap or of the file. */
void fake_heap_store(struct fake_heap *fake, uint64_t address, uint64_t word);
/* Adds a word to the roots; returns its address. */
uint64_t fake_heap_root(struct fake_heap *fake, uint64_t word);

/* The parts of a check: begin; roots; finish, reach_check and the end of the scratch memory's use.
 */
void fake_heap_begin(struct fake_heap *fake);
void fake_heap_reach(struct fake_heap *fake); /* the finish alone */
void fake_heap_finish(struct fake_heap *fake);
/* All of it, with the root words used as roots. */
void fake_heap_check(struct fake_heap *fake);

/* The verdict on the block at `address`. */
const struct reach_verdict *fake_heap_verdict(const struct fake_heap *fake, uint64_t address);
/* The address of the block's head, 0 if it has none. */
uint64_t fake_heap_head(const struct fake_heap *fake, uint64_t address);

#endif
