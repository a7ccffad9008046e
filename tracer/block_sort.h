/* block_sort: puts blocks in the order of their addresses.
 *
 * For leak_scan, which has millions of them in the order of the block table while everything else
 * waits. A radix sort from the lowest digit: only digits in which addresses differ are looked at,
 * all are counted in one pass, and the last pass writes the verdicts. It needs no memory but what
 * it is given. */
#ifndef BLOCK_SORT_H
#define BLOCK_SORT_H

#include <stddef.h>

#include "trace_format.h"

/* Fills `verdicts` with the `count` blocks, ascending by address; all but where and what is 0.
 * `blocks` and `room`, as many records, are overwritten. One call at a time. */
void block_sort(struct trace_verdict *verdicts, struct trace_block *blocks,
                struct trace_block *room, size_t count);

#endif
