/* heuristic: the four excuses for a pointer into the middle of a block, as in valgrind.
 *
 *   stdstring            the pointer is to word 3; words 0 and 1 are a length and a capacity with
 *                        length <= capacity and 3 words + capacity + 1 = size of the block
 *   length64             the pointer is to word 1; word 0 is the size of the block less 8
 *   newarray             the pointer is to word 1; word 0 is not 0 and divides the size less 8
 *   multipleinheritance  the word that is pointed to and word 0 both point to a vtable: a table in
 * a mapped file with two functions, and nothing but null before the second
 *
 * Called by reach, while every other thread stands still. */
#ifndef HEURISTIC_H
#define HEURISTIC_H

#include <stdint.h>

#include "check/reach_world.h"
#include "trace_format.h"

/* A set of heuristics: the bit 1 << TRACE_… of each. */
/* The first of `set` that excuses `pointer` into the block of `size` bytes at `start`, or
 * TRACE_NO_HEURISTIC. Memory that cannot be read excuses nothing. */
enum trace_heuristic heuristic_find(const struct reach_world *world, unsigned set, uint64_t start,
                                    uint64_t size, uint64_t pointer);

#endif
