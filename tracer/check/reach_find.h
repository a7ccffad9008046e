/* reach_find: the blocks of many pointers at once.
 *
 * Each step is taken for all of the pointers before the next: while one waits for memory the others
 * are dealt with. What drops out does so without a branch, which nobody could foretell. */
#ifndef REACH_FIND_H
#define REACH_FIND_H

#include "check/reach_state.h"

/* Of the pointers in reach->coming, `left` becomes those that may lead to a block, each with its
 * block's index, the state of which is sent for. */
void reach_find(struct reach *reach);
/* Whether the processor counts bits in one instruction (for reach->counts_bits). */
bool reach_find_counts_bits(void);

#endif
