#include "judge/export_words.h"
#include <string.h>
#include "read/model.h"

static const char *const export_kinds[BLOCK_KINDS_COUNT + 1] = {
    [BLOCK_REACHABLE] = "reachable",
    [BLOCK_POSSIBLY_LOST] = "possible",
    [BLOCK_INDIRECTLY_LOST] = "indirect",
    [BLOCK_DEFINITELY_LOST] = "definite",
    [BLOCK_LIVE] = "unknown",
};

static const char *const export_errors[] = {[TRACE_INVALID_FREE] = "invalid free",
                                            [TRACE_MISMATCHED_FREE] = "mismatched free",
                                            [TRACE_WRONG_SIZE] = "wrong size",
                                            [TRACE_WRONG_ALIGNMENT] = "wrong alignment",
                                            [TRACE_REALLOC_ZERO] = "realloc to size 0",
                                            [TRACE_INVALID_READ] = "invalid read",
                                            [TRACE_INVALID_WRITE] = "invalid write",
                                            [TRACE_CHANGED_FREED] = "changed after free",
                                            [TRACE_OVERRUN] = "overrun",
                                            [TRACE_SYSCALL_PARAM] = "system call",
                                            [TRACE_MALLOC_ABORT] = "malloc abort"};

enum { EXPORT_ERRORS = sizeof export_errors / sizeof *export_errors };

const char *export_kind(unsigned kind)
{
    return export_kinds[kind];
}

const char *export_error_kind(uint32_t kind)
{
    return kind < EXPORT_ERRORS && export_errors[kind] ? export_errors[kind] : "unknown";
}

unsigned export_kind_of(const char *word)
{
    unsigned kind = 0;

    while (kind < BLOCK_KINDS_COUNT && strcmp(export_kinds[kind], word) != 0)
        kind++;
    return kind;
}

uint32_t export_error_kind_of(const char *word)
{
    for (uint32_t kind = 0; kind < EXPORT_ERRORS; kind++)
        if (export_errors[kind] && strcmp(export_errors[kind], word) == 0)
            return kind;
    return 0;
}
