#include "words/words_memory.h"
#include <inttypes.h>
#include <stdio.h>
#include "base/memory.h"
#include "base/number_text.h"

/* In tenths of a megabyte. */
#define MEGABYTES(bytes) (double)(bytes) / 1e6

/* Libraries, files, shared memory, the log: what has pages that are not the process' alone. */
static uint64_t words_rest(const struct trace_memory *memory)
{
    uint64_t known = memory->of_malloc + memory->mapped + memory->stacks + memory->tracer;

    return memory->resident > known ? memory->resident - known : 0;
}

char *words_memory(const struct trace_memory *memory)
{
    uint64_t around = memory->of_malloc - memory->in_blocks - memory->free;

    return memory_text(
        "resident %.1f MB: in blocks %.1f, around them %.1f, free inside malloc %.1f "
        "(malloc_trim would give back %.1f), mmapped by the program %.1f, stacks of "
        "%" PRIu64 " threads %.1f, the tracer's %.1f, libraries, files and shared "
        "memory %.1f",
        MEGABYTES(memory->resident), MEGABYTES(memory->in_blocks), MEGABYTES(around),
        MEGABYTES(memory->free), MEGABYTES(memory->trimmable), MEGABYTES(memory->mapped),
        memory->threads, MEGABYTES(memory->stacks), MEGABYTES(memory->tracer),
        MEGABYTES(words_rest(memory)));
}

char *words_mapped(const struct mapped *mapped, bool is_checked)
{
    char own[96] = "";

    if (is_checked)
        snprintf(own, sizeof own, ", %s bytes of them its own in memory",
                 number_text(mapped->own_bytes).text);
    return memory_text("mapped by the program itself: %s bytes in %s mappings%s (by call stack: "
                       "--top=10,mapped)",
                       number_text(mapped->bytes).text, number_text(mapped->mappings).text, own);
}
