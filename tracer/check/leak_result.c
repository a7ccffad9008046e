#include "check/leak_result.h"

#include "check/leak_record.h"
#include "log/trace_log.h"

#define OUT_RECORDS 2048u

static union {
    struct trace_verdict verdicts[OUT_RECORDS];
    struct trace_heads heads[OUT_RECORDS];
} out; /* on its way to the log */

static void write_verdicts(const struct leak_result *result, const struct reach *reach,
                           struct trace_leaks *leaks)
{
    const size_t size = sizeof *out.verdicts;
    for (uint32_t first = 0, n; first < reach->n; first += n) {
        n = reach->n - first < OUT_RECORDS ? reach->n - first : OUT_RECORDS;
        for (uint32_t k = 0; k < n; k++) {
            struct reach_verdict verdict = reach_verdict_of(reach, first + k);
            leak_record_count(leaks, reach_size_of(reach, first + k), &verdict);
            out.verdicts[k] = leak_record_verdict(&reach->blocks[first + k], &verdict);
        }
        trace_log_fill(TRACE_VERDICTS, 0, result->verdicts, first * size, out.verdicts, n * size);
    }
}

static void write_heads(const struct leak_result *result, const struct reach *reach)
{
    const size_t size = sizeof *out.heads;
    uint32_t pairs = reach->n / 2 + reach->n % 2;
    for (uint32_t first = 0, n; first < pairs; first += n) {
        n = pairs - first < OUT_RECORDS ? pairs - first : OUT_RECORDS;
        for (uint32_t i = 0; i < n; i++)
            out.heads[i] = leak_record_heads(reach, first + i);
        trace_log_fill(TRACE_HEADS, 0, result->heads, first * size, out.heads, n * size);
    }
}

bool leak_result_begin(void *context, size_t capacity)
{
    struct leak_result *result = context;
    result->verdicts =
        trace_log_extend(TRACE_VERDICTS, 0, capacity * sizeof(struct trace_verdict), 0);
    result->heads =
        trace_log_extend(TRACE_HEADS, 0, (capacity + 1) / 2 * sizeof(struct trace_heads), 0);
    return result->verdicts && result->heads;
}

void leak_result_write(void *context, const struct reach *reach, struct trace_check *check)
{
    const struct leak_result *result = context;
    struct trace_leaks leaks = {0};
    write_verdicts(result, reach, &leaks);
    if (leaks.blocks[TRACE_INDIRECTLY_LOST])
        write_heads(result, reach);
    check->leaks = leaks;
}
