/* suffix_cache: from the frames of a walk to the node of the stack table.
 *
 * The fresh part of a stack (the frames that the previous walk did not have, and the allocation
 * function) is looked up as a whole: its hash leads to the node that it had last time, and the way
 * from there outward shows whether it is the same. Those nodes were made in a row and lie in a row,
 * so this costs one far cache line or two where frame by frame it would be two for each. */
#ifndef SUFFIX_CACHE_H
#define SUFFIX_CACHE_H

#include "walk.h"

/* Called once; false: no memory. */
bool suffix_cache_begin(void);
/* The node of `function` called by the walk's fresh frames, which stand on `outside`; gives the
 * frames their nodes. Made in the stack table if need be. 0: no room. */
uint32_t suffix_cache_intern(const struct walk *walk, uint32_t outside, uintptr_t function);
/* Code was unloaded: its nodes are not to be found again. */
void suffix_cache_forget(void);

#endif
