/* ways.h: the shortest way from a root to each block.
 *
 * A search in breadth. Pointers to the middle of a block are followed only where others lead no
 * further, so that a way has as few of them as can be; but those to the blocks of one stack that
 * all lead equally far behind the start are as good as any: the program puts a header in front.
 * Those between neighbours of a doubly linked list come last, too: that two blocks stand in one
 * list says little of who wants them.
 * Roots come in the order of what they are: variables first, then what belongs to threads, stacks
 * and registers, then entries of what is called a free list. A lost block's way begins at a
 * definitely lost one.
 */
#ifndef WAYS_H
#define WAYS_H

#include <stdint.h>
#include "holders/holding.h"

#define WAY_NONE UINT32_MAX

struct ways {
    const struct holding *holding;
    uint32_t *before;  /* by block: the block in front of it; WAY_NONE: a root, or nothing */
    uint32_t *pointer; /* which led here: of graph.to, or where `before` is none of graph.roots;
                        * WAY_NONE: none, it is where a way begins, or none leads to it */
    uint32_t *length;  /* blocks up to it, itself included; 0: nothing leads to it */
    uint32_t *header;  /* by stack: so many bytes stand in front of what pointers to the middle of
                        * its blocks lead to; 0: there are none; WAY_NONE: they differ */
    uint32_t *shape;   /* equal where the ways go through the same root and through blocks of the
                        * same stacks, however many of each in a row */
};

void ways_find(struct ways *ways, const struct holding *holding);
void ways_free(struct ways *ways);

/* Blocks of the way to `block`, the first one first: length[block] of them. */
uint32_t *ways_blocks(const struct ways *ways, uint32_t block);

#endif
