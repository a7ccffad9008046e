/* why.h: who holds what was asked about: a function's blocks, a module's, a loss record's, or the
 * block at an address (--why).
 *
 * Blocks that are held in the same way, through the same root and blocks of the same stacks, are
 * one answer, which the shortest of their ways stands for.
 */
#ifndef WHY_H
#define WHY_H

#include "base/options.h"
#include "holders/ways.h"
#include "judge/group.h"

/* One line of a way. */
struct way_step {
    enum way_step_kind {
        WAY_ROOT,
        WAY_LOST, /* the way begins at a block that nothing holds */
        WAY_BLOCK,
        WAY_MORE, /* `count` blocks of the same stack, each pointing to the next from the same place
                   */
    } kind;
    uint32_t number; /* ROOT: of names; BLOCK, MORE: the (first) block */
    uint64_t count;
    bool goes_on;    /* there is a pointer from here to the next step */
    uint64_t offset; /* where it stands, from the start of the variable or block */
    uint64_t inside; /* how far into the next block it leads */
};

struct held_way {
    uint64_t bytes, blocks; /* that are held so */
    uint32_t block;         /* the one that it leads to */
    struct way_step *steps;
    uint32_t count;
};

struct why {
    const char *asked;
    uint64_t bytes, blocks; /* that were meant */
    uint32_t header;       /* bytes in front of what pointers to the middle of these blocks lead to,
                            * all of them; 0: they differ, or there are none */
    uint64_t unknown;      /* of the blocks: no way to them is known */
    struct held_way *ways; /* as many as were asked for, the one with the most bytes first */
    uint32_t count;
    uint32_t total; /* there are so many */
};

/* options.paths ways at most. All stacks of blocks that are meant are symbolized. */
void why_find(struct why *why, const char *asked, const struct options *options,
              const struct ways *ways, const struct loss_records *records);
void why_free(struct why *why);

#endif
