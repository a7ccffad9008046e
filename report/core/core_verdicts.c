#include "core/core_verdicts.h"
#include <signal.h>
#include <stdlib.h>
#include "base/memory.h"
#include "check/leak_record.h"

/* Signals by which gdb and gcore hold a process are no ending. */
static bool verdict_is_deadly(int signal)
{
    static const int deadly[] = {SIGSEGV, SIGABRT, SIGBUS,  SIGILL,  SIGFPE,
                                 SIGSYS,  SIGQUIT, SIGXCPU, SIGXFSZ, SIGTERM};

    for (size_t i = 0; i < sizeof deadly / sizeof *deadly; i++)
        if (deadly[i] == signal)
            return true;
    return false;
}

static void verdict_say_ending(struct trace_header *header, const struct image *image)
{
    if (header->ending != TRACE_RUNNING)
        return;
    if (verdict_is_deadly(image->signal)) {
        header->ending = TRACE_SIGNALED;
        header->ending_value = image->signal;
    } else {
        header->flags |= TRACE_FLAG_SNAPSHOT;
    }
}

void core_verdicts_add(struct log_out *out, const struct image *image,
                       const struct core_judged *judged, const struct core_blocks *blocks)
{
    uint32_t n = judged->reach.n;
    struct trace_verdict *verdicts = memory_zeroed(n + 1ul, sizeof *verdicts);
    struct trace_heads *heads = memory_zeroed(n / 2 + 1ul, sizeof *heads);
    struct trace_check check = {.scan = TRACE_SCAN_DONE,
                                .threads = (uint32_t)image->thread_count,
                                .verdicts = n,
                                .mapping_bytes_not_read = judged->reach.bytes_not_read};

    for (uint32_t k = 0; k < n; k++) {
        struct reach_verdict verdict = reach_verdict_of(&judged->reach, k);

        verdicts[k] = leak_record_verdict(&blocks->blocks[k], &verdict);
        leak_record_count(&check.leaks, core_blocks_size(blocks, &blocks->blocks[k]), &verdict);
    }
    for (uint32_t i = 0; i < n / 2 + n % 2; i++)
        heads[i] = leak_record_heads(&judged->reach, i);
    if (n)
        log_out_add(out, TRACE_VERDICTS, verdicts, n * sizeof *verdicts);
    if (check.leaks.blocks[TRACE_INDIRECTLY_LOST])
        log_out_add(out, TRACE_HEADS, heads, (n + 1ul) / 2 * sizeof *heads);
    out->header.check = check;
    out->header.flags |= TRACE_FLAG_FROM_OUTSIDE;
    out->header.file = (struct trace_file){0};
    verdict_say_ending(&out->header, image);
    free(verdicts);
    free(heads);
}
