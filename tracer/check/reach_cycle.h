/* reach_cycle: which block of a lost cycle is its head.
 *
 * reach takes the one with the lowest address, as valgrind does: in a heap that has been used for a
 * while that is any of them, and 100 equal cycles become records of 60 and of 40. Here it becomes
 * the one whose stack was seen first, which is as a rule who made the others. Where addresses
 * ascend with time, both are the same block. */
#ifndef REACH_CYCLE_H
#define REACH_CYCLE_H

#include "check/reach.h"

/* After reach_finish, and before it is asked for verdicts. `age` says when a block's stack was
 * first seen, as a number that is lower for earlier ones. */
void reach_cycle_choose(struct reach *reach, uint32_t (*age)(const struct trace_block *block));

#endif
