/* reach_state.h: a check under way: what reach knows of each block, and what it has still to look
 * at. */
#ifndef REACH_STATE_H
#define REACH_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "check/address_index.h"
#include "check/heuristic.h"
#include "check/reach_world.h"
#include "trace_format.h"

#define REACH_IN_REGISTER 1u /* pointer_at of a block that a register pointed to */
#define REACH_IN_USE      2u /* pointer_at of a block that reach_mark_block named */
#define REACH_BLOCKS_MAX  ADDRESS_INDEX_MAX
#define REACH_NO_BLOCK    UINT32_MAX /* holder of a pointer that stands in a root */

/* Blocks on their way from memory while others are scanned: the record of a block is sent for when
 * it comes into `ahead`, its content when half of the others there are in front of it. */
#define REACH_AHEAD 32u

/* Pointers are gathered and followed in batches. */
#define REACH_COMING 64u

/* The stack of blocks to be scanned has this many slots, or one for every 64 blocks. What finds it
 * full is looked for later, in the order of addresses (as garbage collectors do: Boehm and Weiser,
 * "Garbage Collection in an Uncooperative Environment", 1988). That is no stopgap: a heap that
 * hangs on a large table is read from its beginning to its end then, and not here and there. A
 * search passes each block's state once, and what it finds fills half of the stack. */
#define REACH_STACK_MIN   4096u
#define REACH_STACK_SHARE 64u

/* Blocks whose content is sent for while another one is looked at as a head. */
#define REACH_GATHER_AHEAD 16u

/* A word that may point to a block. */
struct reach_pointer {
    uint64_t word;
    uint64_t at;                       /* where it stands */
    const struct address_group *group; /* where the index has it */
    uint32_t holder;                   /* as below, when it was seen */
    uint32_t index;                    /* of the block, once it was looked for */
    bool interior;                     /* not to the start: the block may end before it */
    bool sure;                         /* it is a root or stands in a block that is reachable */
};

/* Told of every pointer, when all verdicts are known: see reach_tell_begin. */
typedef void reach_tell(void *context, const struct reach_pointer *pointer);
/* And of the word that block `index` begins with, if that is a whole one and lies among no blocks.
 */
typedef void reach_tell_first(void *context, uint32_t index, uint64_t word);

/* One check. The fields are reach's own, but for the first two, which a caller reads. */
struct reach {
    size_t scratch_size;     /* see reach_plan */
    uint64_t bytes_not_read; /* of roots and blocks: `read` had no answer for them */

    struct reach_world world;
    const struct trace_block *blocks; /* n, strictly ascending by address */
    uint32_t n;
    unsigned heuristics;
    struct address_sizes sizes;
    struct address_index index;

    /* Per block, each in an array of its own: most pointers lead to a block that was reached
     * before, and then the state, a byte, is all that is looked at. */
    uint8_t *states;    /* enum trace_leak_kind, enum trace_heuristic and flags */
    uint64_t *pointers; /* pointer_at */
    uint32_t *heads;    /* of a lost block: itself, or who took it and was perhaps taken later */

    /* Blocks still to be scanned: `stack` holds depth of them, `ahead` those that are next, and
     * where the stack was full they only wait, somewhere from waiting_low to waiting_high. Each
     * block is in at most one of the three and there once. */
    uint32_t *stack;
    uint32_t depth, stack_size;
    uint32_t ahead[REACH_AHEAD];
    uint32_t ahead_first, ahead_count;
    uint32_t waiting_low, waiting_high; /* low > high: none */

    /* Pointers seen but not yet followed, and while they are, which of them are left. One more
     * place, where a word is written before it is looked at. */
    struct reach_pointer coming[REACH_COMING + 1];
    uint8_t left[REACH_COMING];
    uint32_t coming_count, left_count;
    bool counts_bits; /* see reach_find */

    uint64_t *chunk; /* 16 KiB of somebody's memory */

    /* What a pointer means at present. */
    enum { REACH_MARKING, REACH_GATHERING, REACH_CHECKING, REACH_TELLING } phase;
    bool sure;       /* of the words at hand */
    uint32_t holder; /* gathering: the head; checking, telling: the block at hand */
    uint64_t told;   /* telling: where the block at hand begins */
    reach_tell *tell;
    reach_tell_first *tell_first; /* or NULL */
    void *tell_context;
    uint64_t urgent; /* pointers to here and upwards cannot wait */
    const char *violation;
    uint64_t violation_at;
};

#endif
