#include "check/leak_record.h"

struct trace_verdict leak_record_verdict(const struct trace_block *block,
                                         const struct reach_verdict *verdict)
{
    return (struct trace_verdict){
        .where = block->where | (uint64_t)verdict->kind << TRACE_KIND_SHIFT |
                 (uint64_t)verdict->heuristic << TRACE_HEURISTIC_SHIFT |
                 (uint64_t)verdict->interior << TRACE_INTERIOR_SHIFT,
        .what = block->what,
        .pointer_at = verdict->pointer_at,
    };
}

struct trace_heads leak_record_heads(const struct reach *reach, uint32_t i)
{
    struct trace_heads heads = {{TRACE_HEAD_NONE, TRACE_HEAD_NONE}};
    for (uint32_t k = 2 * i; k < 2 * i + 2 && k < reach->n; k++)
        heads.head[k - 2 * i] = reach_verdict_of(reach, k).head;
    return heads;
}

void leak_record_count(struct trace_leaks *leaks, uint64_t size,
                       const struct reach_verdict *verdict)
{
    leaks->bytes[verdict->kind] += size;
    leaks->blocks[verdict->kind]++;
    if (verdict->heuristic) {
        leaks->heuristic_bytes[verdict->heuristic] += size;
        leaks->heuristic_blocks[verdict->heuristic]++;
    }
}
