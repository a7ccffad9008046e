/* frame_cache: how to get from one return address to the next, asked of libunwind once per address.
 *
 * On this processor nearly every frame can be undone by two additions and two loads:
 *
 *     CFA = base + offset (base: SP or BP, offset constant at this address)
 *     return address = word at CFA - 8;  caller's BP = BP, or word at CFA - bp_offset
 *
 * libunwind has no call that says so, but it can be watched: it is given a made-up frame at the
 * address, whose SP and BP point into two private regions filled with their own addresses, and what
 * comes out of one step tells base, offset and slots. Where that is not plain it is asked again,
 * with other distances between the regions and other values in the other registers.
 *
 * Rules stand in an open-addressing table that is only ever added to; it is replaced by one of
 * twice the size when three quarters full: a small table stays near. After a dlclose the rules of
 * what was unloaded are forgotten.
 *
 * Code without unwind information keeps a frame pointer or cannot be unwound: what JIT compilers
 * emit does. Its rule is libunwind's own last resort, CFA = BP + 16, taken when BP lies at most
 * FRAME_GUESS_REACH above SP. Code outside every module is taken for such without being asked
 * about, and never remembered, because it may be replaced at any time. */
#ifndef FRAME_CACHE_H
#define FRAME_CACHE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum frame_kind {
    FRAME_UNKNOWN = 0,
    FRAME_BY_SP = 1, /* CFA = SP + cfa_offset */
    FRAME_BY_BP = 2, /* CFA = BP + cfa_offset */
    FRAME_OUTERMOST = 3,
    FRAME_STEPPED = 4, /* needs stepper_step, with SP and BP */
    FRAME_WALKED = 5,  /* needs stepper_walk, with all registers (signal frames, for one) */
    FRAME_GUESSED = 6, /* nothing is known: as FRAME_BY_BP, if BP looks like a frame pointer */
    FRAME_KINDS
};

#define FRAME_GUESS_REACH 0x4000u /* bytes; libunwind's limit */

struct frame_rule {
    enum frame_kind kind;
    int32_t cfa_offset;
    uint32_t bp_offset; /* below the CFA; 0: BP is unchanged */
};

/* Rules are kept as one word: kind 3 bits, bp_offset / 8 in 29 bits, cfa_offset in 32. */
static inline struct frame_rule frame_rule_unpack(uint64_t word)
{
    return (struct frame_rule){(enum frame_kind)(word & 7), (int32_t)(word >> 32),
                               (uint32_t)(word >> 3 & 0x1fffffffu) * 8u};
}

/* Called once; false: no memory. `is_stable` tells whether code at an address stays what it is. */
bool frame_cache_begin(bool (*is_stable)(uintptr_t address));
/* The rule for a return address, as a word. Asks libunwind on a miss. */
uint64_t frame_cache_find(uintptr_t address);
/* The code of begin … end has gone: rules for it are asked for anew. */
void frame_cache_forget(uintptr_t begin, uintptr_t end);
/* Whether a thread is changing the table or asking libunwind. */
bool frame_cache_is_busy(void);
/* What was asked and learnt, for reports and tests. */
struct frame_cache_counts {
    uint64_t rules[FRAME_KINDS]; /* by kind */
};
void frame_cache_count(struct frame_cache_counts *counts);

#endif
