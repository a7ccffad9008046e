#include "judge/finding.h"

enum finding finding_of_record(const struct loss_record *record)
{
    static const enum finding kinds[BLOCK_KINDS_COUNT] = {
        [BLOCK_REACHABLE] = FINDING_LEAK_REACHABLE,
        [BLOCK_POSSIBLY_LOST] = FINDING_LEAK_POSSIBLE,
        [BLOCK_INDIRECTLY_LOST] = FINDING_LEAK_INDIRECT,
        [BLOCK_DEFINITELY_LOST] = FINDING_LEAK_DEFINITE,
        [BLOCK_LIVE] = FINDING_IN_USE,
    };

    return kinds[record->kind];
}

enum finding finding_of_misuse(const struct misuse *misuse)
{
    switch (misuse->record.kind) {
    case TRACE_MISMATCHED_FREE:
        return FINDING_MISMATCHED_FREE;
    case TRACE_WRONG_SIZE:
        return FINDING_MISMATCHED_SIZE;
    case TRACE_WRONG_ALIGNMENT:
        return FINDING_MISMATCHED_ALIGNMENT;
    case TRACE_REALLOC_ZERO:
        return FINDING_REALLOC_ZERO;
    case TRACE_INVALID_READ:
        return FINDING_INVALID_READ;
    case TRACE_INVALID_WRITE:
        return FINDING_INVALID_WRITE;
    case TRACE_CHANGED_FREED:
        return FINDING_CHANGED_FREED;
    case TRACE_OVERRUN:
        return FINDING_OVERRUN;
    case TRACE_MALLOC_ABORT:
        return FINDING_MALLOC_ABORT;
    case TRACE_SYSCALL_PARAM:
        return FINDING_SYSCALL_PARAM;
    default:
        return FINDING_INVALID_FREE;
    }
}

const struct finding_rule *finding_rule(enum finding finding)
{
    static const struct finding_rule rules[FINDINGS_COUNT] = {
#define FINDING(id, name, level, title, text) {name, level, title, text},
#include "judge/finding.def"
    };

    return &rules[finding];
}
