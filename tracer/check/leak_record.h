/* leak_record: what reach says of a block, as VERDICTS, HEADS and the sums of a check have it. */
#ifndef LEAK_RECORD_H
#define LEAK_RECORD_H

#include "check/reach.h"

struct trace_verdict leak_record_verdict(const struct trace_block *block,
                                         const struct reach_verdict *verdict);
/* The heads of the blocks 2 i and 2 i + 1. */
struct trace_heads leak_record_heads(const struct reach *reach, uint32_t i);
/* Adds one block to the sums of a check. */
void leak_record_count(struct trace_leaks *leaks, uint64_t size,
                       const struct reach_verdict *verdict);

#endif
