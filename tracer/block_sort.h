/* block_sort: puts blocks in the order of their addresses.
 *
 * For leak_scan, which has millions of them in the order of the block table while everything else
 * waits. A radix sort from the lowest digit: only digits in which addresses differ are looked at,
 * all are counted in one pass, and the last pass writes the verdicts. Fresh memory costs more than
 * the sorting, so it needs half as much again as the result, and no more. */
#ifndef BLOCK_SORT_H
#define BLOCK_SORT_H

#include <stddef.h>

#include "trace_format.h"

/* Turns `count` blocks, which lie at the beginning of `records`, into as many verdicts there,
 * ascending by address; all but where and what is 0. `room` is overwritten: the blocks are copied
 * into it and back, an even number of times. One call at a time, for fewer than 2^32 blocks. */
void block_sort(struct trace_verdict *records, struct trace_block *room, size_t count);

#endif
