#include "read/load_names.h"
#include <stdlib.h>
#include "base/memory.h"

enum { NAME_BYTES = 256 }; /* that the tracer takes over */

/* Blocks' names first, each kind in the order of addresses. */
static int load_compare_names(const void *left, const void *right)
{
    const struct name *a = left, *b = right;

    if ((a->size == 0) != (b->size == 0))
        return a->size == 0 ? -1 : 1;
    return (a->begin > b->begin) - (a->begin < b->begin);
}

void load_names(const struct log_reader *reader, struct model *model)
{
    struct log_walk walk = log_reader_walk(reader, TRACE_NAMES);
    struct trace_name record;
    uint32_t capacity = 0;

    while (model->name_count < TRACE_NAMES_MAX && log_reader_next(&walk, &record)) {
        const char *text = record.begin ? log_reader_string(reader, record.name) : NULL;
        uint32_t length = record.name.length < NAME_BYTES ? record.name.length : NAME_BYTES;

        if (!text)
            continue;
        memory_reserve(model->names, model->name_count, capacity);
        model->names[model->name_count++] =
            (struct name){record.begin, record.size, memory_text("%.*s", (int)length, text)};
        model->named_blocks += record.size == 0;
    }
    if (model->name_count)
        qsort(model->names, model->name_count, sizeof *model->names, load_compare_names);
}

/* How many of these names begin at the address or below it. */
static uint32_t load_names_below(const struct name *names, uint32_t count, uint64_t address)
{
    uint32_t low = 0;

    while (low < count) {
        uint32_t middle = low + (count - low) / 2;

        if (names[middle].begin <= address)
            low = middle + 1;
        else
            count = middle;
    }
    return low;
}

uint32_t load_name_of(const struct model *model, uint64_t address, uint32_t marks)
{
    if (!model->name_count)
        return 0;
    const struct name *regions = model->names + model->named_blocks;
    uint32_t below = 0;

    if (marks & TRACE_STACK_NAMED)
        below = load_names_below(model->names, model->named_blocks, address);
    if (below && model->names[below - 1].begin == address)
        return below;
    below = load_names_below(regions, model->name_count - model->named_blocks, address);
    for (; below > 0; below--)
        if (address - regions[below - 1].begin < regions[below - 1].size)
            return model->named_blocks + below;
    return 0;
}
